// The tile operations of a symmetric inverse in WebAssembly SIMD. `module.ts` contains the compiled module; after a change
// rebuild it: recommenders/src/numeric/kernel/build.sh recommenders/src/numeric/inverse/kernel
//
// A tile is 64 x 64 float32, row-major, 16 KB. No function may use the C stack: threads share one linear memory.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))
#define SIDE 64
#define LOAD(p) wasm_v128_load(p)
#define STORE(p, v) wasm_v128_store(p, v)
#define SPLAT(p) wasm_v128_load32_splat(p)
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul
#define ZERO wasm_f32x4_splat(0)

// 4 rows x 8 columns of a*b, kept in registers.
typedef struct { v128_t a0, b0, a1, b1, a2, b2, a3, b3; } Part;
INLINE Part product(const float *a, const float *b) {
  Part s = {ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO};
  for (int k = 0; k < SIDE; k++) {
    v128_t p = LOAD(b + k * SIDE), q = LOAD(b + k * SIDE + 4), w;
    w = SPLAT(a + k);            s.a0 = ADD(s.a0, MUL(w, p)); s.b0 = ADD(s.b0, MUL(w, q));
    w = SPLAT(a + SIDE + k);     s.a1 = ADD(s.a1, MUL(w, p)); s.b1 = ADD(s.b1, MUL(w, q));
    w = SPLAT(a + 2 * SIDE + k); s.a2 = ADD(s.a2, MUL(w, p)); s.b2 = ADD(s.b2, MUL(w, q));
    w = SPLAT(a + 3 * SIDE + k); s.a3 = ADD(s.a3, MUL(w, p)); s.b3 = ADD(s.b3, MUL(w, q));
  }
  return s;
}

// out = a b
EXPORT(multiply) void multiply(const float *a, const float *b, float *out) {
  for (int r = 0; r < SIDE; r += 4)
    for (int c = 0; c < SIDE; c += 8) {
      Part s = product(a + r * SIDE, b + c);
      float *o = out + r * SIDE + c;
      STORE(o, s.a0); STORE(o + 4, s.b0); o += SIDE;
      STORE(o, s.a1); STORE(o + 4, s.b1); o += SIDE;
      STORE(o, s.a2); STORE(o + 4, s.b2); o += SIDE;
      STORE(o, s.a3); STORE(o + 4, s.b3);
    }
}

// out -= a b
EXPORT(subtract) void subtract(const float *a, const float *b, float *out) {
  for (int r = 0; r < SIDE; r += 4)
    for (int c = 0; c < SIDE; c += 8) {
      Part s = product(a + r * SIDE, b + c);
      float *o = out + r * SIDE + c;
      STORE(o, SUB(LOAD(o), s.a0)); STORE(o + 4, SUB(LOAD(o + 4), s.b0)); o += SIDE;
      STORE(o, SUB(LOAD(o), s.a1)); STORE(o + 4, SUB(LOAD(o + 4), s.b1)); o += SIDE;
      STORE(o, SUB(LOAD(o), s.a2)); STORE(o + 4, SUB(LOAD(o + 4), s.b2)); o += SIDE;
      STORE(o, SUB(LOAD(o), s.a3)); STORE(o + 4, SUB(LOAD(o + 4), s.b3));
    }
}

// out = a transposed
EXPORT(transpose) void transpose(const float *a, float *out) {
  for (int r = 0; r < SIDE; r++)
    for (int c = 0; c < SIDE; c++) out[c * SIDE + r] = a[r * SIDE + c];
}

// Adds 1 to the given columns of a matrix row; `row` points to its part in the first tile.
EXPORT(count) void count(float *row, const int *columns, int n) {
  for (int t = 0; t < n; t++) row[(columns[t] / SIDE) * SIDE * SIDE + columns[t] % SIDE] += 1;
}
