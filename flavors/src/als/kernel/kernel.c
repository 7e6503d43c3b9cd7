// The two inner loops of scoring with a factor model, in WebAssembly SIMD. `module.ts` contains the compiled module, so
// that installing needs no compiler. After a change rebuild it:
// flavors/src/build-kernel.sh flavors/src/als/kernel -O2 -msimd128
//
// Rows are float32, `stride` wide, a multiple of 8; padding is zero.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

typedef v128_t f4;
#define MULTIPLY_ADD(sum, a, b) sum = wasm_f32x4_add(sum, wasm_f32x4_mul(a, b))

static inline float sum4(f4 v) {
  f4 pairs = wasm_f32x4_add(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs, 0) + wasm_f32x4_extract_lane(pairs, 1);
}

// out[r] = rows[r] . vector
EXPORT(score) void score(const float *rows, int count, int stride, const float *vector, float *out) {
  for (int r = 0; r < count; r++, rows += stride) {
    f4 even = wasm_f32x4_splat(0), odd = wasm_f32x4_splat(0);
    for (int k = 0; k < stride; k += 8) {
      MULTIPLY_ADD(even, wasm_v128_load(rows + k), wasm_v128_load(vector + k));
      MULTIPLY_ADD(odd, wasm_v128_load(rows + k + 4), wasm_v128_load(vector + k + 4));
    }
    out[r] = sum4(wasm_f32x4_add(even, odd));
  }
}

// matrix += row . rowT in float64; writes the lower triangle and, in each line, the rest of its last pair
EXPORT(outer) void outer(const float *row, int stride, double *matrix) {
  for (int i = 0; i < stride; i++, matrix += stride) {
    v128_t factor = wasm_f64x2_splat(row[i]);
    for (int j = 0; j <= i; j += 2) {
      v128_t pair = wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(row + j));
      v128_t sum = wasm_f64x2_add(wasm_v128_load(matrix + j), wasm_f64x2_mul(factor, pair));
      wasm_v128_store(matrix + j, sum);
    }
  }
}
