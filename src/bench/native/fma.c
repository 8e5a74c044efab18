/*
 * The yardstick of the WASM arithmetic ceiling: the same loop as wasm/assembly/fma.relaxed.as.ts, compiled natively
 * with 128-bit FMA (x86-64: cc -O3 -mfma; other targets: cc -O3, NEON or whatever the vector extension maps to).
 * Usage: fma SAMPLES SECONDS. Prints one GFLOP/s figure a line, or fails with exit code 1 on a wrong value.
 * Not part of the product: run it by hand with cli/native-peak.mjs beside a measurement in the browser.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef __FMA__
#include <immintrin.h>
typedef __m128 f32x4;
static inline f32x4 madd(f32x4 x, f32x4 m, f32x4 c) { return _mm_fmadd_ps(x, m, c); }
#else
typedef float f32x4 __attribute__((vector_size(16)));
static inline f32x4 madd(f32x4 x, f32x4 m, f32x4 c) { return x * m + c; }
#endif

enum { CHAINS = 12, LANES = 4, ELEMENTS = CHAINS * LANES, STEPS = 65536 };

/* fma_steps is not inlined, so the compiler cannot know what is in memory. */
static float operands[2 * LANES] __attribute__((aligned(16)));
static float starts[ELEMENTS] __attribute__((aligned(16)));
static float results[ELEMENTS] __attribute__((aligned(16)));

__attribute__((noinline)) static void fma_steps(const f32x4 *mc, const f32x4 *from, f32x4 *to, int steps) {
  const f32x4 m = mc[0], c = mc[1];
  f32x4 x0 = from[0], x1 = from[1], x2 = from[2], x3 = from[3], x4 = from[4], x5 = from[5];
  f32x4 x6 = from[6], x7 = from[7], x8 = from[8], x9 = from[9], x10 = from[10], x11 = from[11];
  for (int step = 0; step < steps; step++) {
    x0 = madd(x0, m, c), x1 = madd(x1, m, c), x2 = madd(x2, m, c), x3 = madd(x3, m, c);
    x4 = madd(x4, m, c), x5 = madd(x5, m, c), x6 = madd(x6, m, c), x7 = madd(x7, m, c);
    x8 = madd(x8, m, c), x9 = madd(x9, m, c), x10 = madd(x10, m, c), x11 = madd(x11, m, c);
  }
  to[0] = x0, to[1] = x1, to[2] = x2, to[3] = x3, to[4] = x4, to[5] = x5;
  to[6] = x6, to[7] = x7, to[8] = x8, to[9] = x9, to[10] = x10, to[11] = x11;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double batch(int iterations) {
  const double started_at = now();
  for (int i = 0; i < iterations; i++)
    fma_steps((const f32x4 *)operands, (const f32x4 *)starts, (f32x4 *)results, STEPS);
  return now() - started_at;
}

int main(int argc, char **argv) {
  const int samples = argc > 1 ? atoi(argv[1]) : 15;
  const double target = argc > 2 ? atof(argv[2]) : 0.03;
  for (int i = 0; i < 2 * LANES; i++) operands[i] = 1.0f;
  for (int i = 0; i < ELEMENTS; i++) starts[i] = (float)i;
  int n = 1;
  batch(100);
  while (batch(4 * n) - batch(n) < target) n *= 2;
  for (int i = 0; i < samples; i++) {
    /* The slope between two batch sizes, as in the browser. */
    const double small = batch(n), large = batch(4 * n);
    printf("%.4f\n", 3.0 * n * STEPS * ELEMENTS * 2 / (large - small) / 1e9);
  }
  for (int i = 0; i < ELEMENTS; i++) {
    if (results[i] == (float)(i + STEPS)) continue;
    fprintf(stderr, "element %d is %f, expected %d\n", i, results[i], i + STEPS);
    return 1;
  }
  return 0;
}
