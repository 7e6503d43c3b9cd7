// The inner loops of the dual form of EASE, in WebAssembly SIMD. `module.ts` contains the compiled module, so that installing
// needs no compiler. After a change rebuild it:
// flavors/src/build-kernel.sh flavors/src/item-weights/kernel -O2 -msimd128
//
// Four histories are scored at a time, one in each lane; a sum does not depend on the other lanes.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define LANES 4

typedef v128_t d2;

// sums += column; both have a number for each user, padded to a multiple of 4
EXPORT(add_column) void add_column(const float *column, double *sums, int users) {
  for (int user = 0; user < users; user += 4) {
    v128_t four = wasm_v128_load(column + user);
    d2 low = wasm_f64x2_promote_low_f32x4(four);
    d2 high = wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(four, four, 2, 3, 0, 1));
    wasm_v128_store(sums + user, wasm_f64x2_add(wasm_v128_load(sums + user), low));
    wasm_v128_store(sums + user + 2, wasm_f64x2_add(wasm_v128_load(sums + user + 2), high));
  }
}

// scores[lane * items + item] = (sum of the weights of the item's users) / divisors[item]; weights are users x LANES
EXPORT(score) void score(const int *offsets, const int *users, int items, const double *weights, const double *divisors,
                         int lanes, float *scores) {
  for (int item = 0; item < items; item++) {
    d2 low = wasm_f64x2_splat(0), high = low, other_low = low, other_high = low;
    int n = offsets[item], end = offsets[item + 1];
    for (; n + 1 < end; n += 2) { // two sums hide the latency of additions
      const double *weight = weights + LANES * users[n], *other = weights + LANES * users[n + 1];
      low = wasm_f64x2_add(low, wasm_v128_load(weight));
      high = wasm_f64x2_add(high, wasm_v128_load(weight + 2));
      other_low = wasm_f64x2_add(other_low, wasm_v128_load(other));
      other_high = wasm_f64x2_add(other_high, wasm_v128_load(other + 2));
    }
    if (n < end) {
      const double *weight = weights + LANES * users[n];
      low = wasm_f64x2_add(low, wasm_v128_load(weight));
      high = wasm_f64x2_add(high, wasm_v128_load(weight + 2));
    }
    low = wasm_f64x2_add(low, other_low);
    high = wasm_f64x2_add(high, other_high);
    d2 divisor = wasm_f64x2_splat(divisors[item]);
    low = wasm_f64x2_div(low, divisor);
    high = wasm_f64x2_div(high, divisor);
    scores[item] = wasm_f64x2_extract_lane(low, 0);
    if (lanes > 1) scores[items + item] = wasm_f64x2_extract_lane(low, 1);
    if (lanes > 2) scores[2 * items + item] = wasm_f64x2_extract_lane(high, 0);
    if (lanes > 3) scores[3 * items + item] = wasm_f64x2_extract_lane(high, 1);
  }
}
