/*
 * The yardsticks of the WASM ceilings: the same loops as wasm/assembly/, compiled natively for 128-bit vectors.
 * Usage: twins KERNEL ARRAY_BYTES SAMPLES SECONDS, with KERNEL one of fma, muladd, read, write, copy, triad.
 * Prints one figure a line, GFLOP/s or GB/s, each the slope between two batch sizes as in the browser; fails with exit
 * code 1 on a wrong value. ARRAY_BYTES is a multiple of 64 and ignored by fma and muladd.
 * x86-64: cc -O3 -mfma -ffp-contract=off -fno-tree-vectorize
 * -fno-tree-loop-distribute-patterns (other targets: cc -O3, and fma is what the vector extension makes of it).
 * Not part of the product: cli/bench/native.ts builds and runs it beside the browser.
 */
#define _POSIX_C_SOURCE 200112L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
#ifdef __FMA__
#include <immintrin.h>
static inline f32x4 fused(f32x4 x, f32x4 m, f32x4 c) { return (f32x4)_mm_fmadd_ps((__m128)x, (__m128)m, (__m128)c); }
#else
static inline f32x4 fused(f32x4 x, f32x4 m, f32x4 c) { return x * m + c; }
#endif
static inline f32x4 unfused(f32x4 x, f32x4 m, f32x4 c) { return x * m + c; }

enum { CHAINS = 12, ELEMENTS = 4 * CHAINS, STEPS = 65536, STAGGER = 3 * 4096 };

/* Not inlined, so the compiler cannot know what is in memory. */
#define ARITHMETIC(NAME, STEP)                                                                                        \
  __attribute__((noinline)) static void NAME(const f32x4 *mc, const f32x4 *from, f32x4 *to, int steps) {             \
    const f32x4 m = mc[0], c = mc[1];                                                                                 \
    f32x4 x0 = from[0], x1 = from[1], x2 = from[2], x3 = from[3], x4 = from[4], x5 = from[5];                         \
    f32x4 x6 = from[6], x7 = from[7], x8 = from[8], x9 = from[9], x10 = from[10], x11 = from[11];                     \
    for (int step = 0; step < steps; step++) {                                                                        \
      x0 = STEP(x0, m, c), x1 = STEP(x1, m, c), x2 = STEP(x2, m, c), x3 = STEP(x3, m, c);                             \
      x4 = STEP(x4, m, c), x5 = STEP(x5, m, c), x6 = STEP(x6, m, c), x7 = STEP(x7, m, c);                             \
      x8 = STEP(x8, m, c), x9 = STEP(x9, m, c), x10 = STEP(x10, m, c), x11 = STEP(x11, m, c);                         \
    }                                                                                                                 \
    to[0] = x0, to[1] = x1, to[2] = x2, to[3] = x3, to[4] = x4, to[5] = x5;                                           \
    to[6] = x6, to[7] = x7, to[8] = x8, to[9] = x9, to[10] = x10, to[11] = x11;                                       \
  }
ARITHMETIC(fma_steps, fused)
ARITHMETIC(muladd_steps, unfused)

/* Four vectors a turn. The flags keep the compiler from calling memcpy or memset and from wider vectors. */
__attribute__((noinline)) static void read_all(const i32x4 *b, i32x4 *sum, size_t n) {
  i32x4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  for (size_t i = 0; i < n; i += 4) s0 += b[i], s1 += b[i + 1], s2 += b[i + 2], s3 += b[i + 3];
  *sum = (s0 + s1) + (s2 + s3);
}
__attribute__((noinline)) static void write_all(f32x4 *a, f32x4 value, size_t n) {
  for (size_t i = 0; i < n; i += 4) {
    f32x4 v0 = value, v1 = value, v2 = value, v3 = value;
    a[i] = v0, a[i + 1] = v1, a[i + 2] = v2, a[i + 3] = v3;
  }
}
__attribute__((noinline)) static void copy_all(f32x4 *a, const f32x4 *b, size_t n) {
  for (size_t i = 0; i < n; i += 4) {
    f32x4 v0 = b[i], v1 = b[i + 1], v2 = b[i + 2], v3 = b[i + 3];
    a[i] = v0, a[i + 1] = v1, a[i + 2] = v2, a[i + 3] = v3;
  }
}
__attribute__((noinline)) static void triad_all(f32x4 *a, const f32x4 *b, const f32x4 *c, size_t n) {
  const f32x4 scale = {3, 3, 3, 3};
  for (size_t i = 0; i < n; i += 4) {
    f32x4 v0 = b[i] + scale * c[i], v1 = b[i + 1] + scale * c[i + 1];
    f32x4 v2 = b[i + 2] + scale * c[i + 2], v3 = b[i + 3] + scale * c[i + 3];
    a[i] = v0, a[i + 1] = v1, a[i + 2] = v2, a[i + 3] = v3;
  }
}

static f32x4 operands[2], starts[CHAINS], results[CHAINS];
static float *a, *b, *c;
static size_t vectors;
static i32x4 sum;
static const char *kernel;

static int is(const char *name) { return strcmp(kernel, name) == 0; }
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static void run(void) {
  if (is("fma")) fma_steps(operands, starts, results, STEPS);
  else if (is("muladd")) muladd_steps(operands, starts, results, STEPS);
  else if (is("read")) read_all((const i32x4 *)b, &sum, vectors);
  else if (is("write")) write_all((f32x4 *)a, (f32x4){7, 7, 7, 7}, vectors);
  else if (is("copy")) copy_all((f32x4 *)a, (const f32x4 *)b, vectors);
  else triad_all((f32x4 *)a, (const f32x4 *)b, (const f32x4 *)c, vectors);
}
static double batch(int iterations) {
  const double started_at = now();
  for (int i = 0; i < iterations; i++) run();
  return now() - started_at;
}
static int wrong(size_t i) {
  const float *r = (const float *)results;
  if (is("fma") || is("muladd")) return i < ELEMENTS && r[i] != (float)(i + STEPS);
  if (is("read")) return 0;
  return a[i] != (is("write") ? 7 : is("copy") ? b[i] : b[i] + 3 * c[i]);
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  kernel = argv[1];
  const size_t bytes = (size_t)atol(argv[2]);
  const int samples = atoi(argv[3]);
  const double target = atof(argv[4]);
  const int computes = is("fma") || is("muladd");
  vectors = bytes / 16;
  for (int i = 0; i < 2; i++) operands[i] = (f32x4){1, 1, 1, 1};
  for (int i = 0; i < ELEMENTS; i++) ((float *)starts)[i] = (float)i;
  if (!computes) {
    char *memory = NULL;
    if (posix_memalign((void **)&memory, 65536, 3 * (bytes + STAGGER)) != 0) return 1;
    b = (float *)memory, c = (float *)(memory + bytes + STAGGER), a = (float *)(memory + 2 * (bytes + STAGGER));
    uint32_t x = 0x9e3779b9;
    for (size_t i = 0; i < bytes / 4; i++) {
      x ^= x << 13, x ^= x >> 17, x ^= x << 5;
      a[i] = -1, b[i] = (float)((x >> 12) + 1), c[i] = (float)((x >> 13) + 1);
    }
  }
  const double arrays = is("copy") ? 2 : is("triad") ? 3 : 1;
  const double work = computes ? 2.0 * ELEMENTS * STEPS : arrays * (double)bytes;
  int n = 1;
  batch(4);
  while (batch(4 * n) - batch(n) < target && n < 1 << 24) n *= 2;
  for (int i = 0; i < samples; i++) {
    const double small = batch(n), large = batch(4 * n);
    printf("%.4f\n", 3.0 * n * work / (large - small) / 1e9);
  }
  for (size_t i = 0; i < (computes ? ELEMENTS : bytes / 4); i++) {
    if (!wrong(i)) continue;
    fprintf(stderr, "%s: element %zu is wrong\n", kernel, i);
    return 1;
  }
  return 0;
}
