import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  {
    ignores: [
      '.venv',
      '.dependency-cruiser.cjs',
      'dist',
      'public',
      'training',
      'src/bench/wasm/assembly',
      'test-results',
      'playwright-report',
      'e2e/.generated',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.core.json', 'tsconfig.worker.json', 'tsconfig.json', 'tsconfig.node.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-console': 'error',
    },
  },
  { files: ['src/ui/**/*.tsx', 'src/app/**/*.tsx'], ...reactHooks.configs.flat.recommended },
  { files: ['cli/**', 'e2e/**', 'build/**'], rules: { 'no-console': 'off' } },
  // Served as they are, so JavaScript, and for a page; TypeScript knows its names.
  { files: ['cli/bench/peers/*.js'], rules: { 'no-undef': 'off' } },
);
