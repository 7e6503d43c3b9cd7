// Path-dependent TreeSHAP in WebAssembly SIMD; `tree-shap.ts` has the algorithm. `module.ts` contains the compiled module, so
// that installing needs no compiler. After a change rebuild it:
// flavors/src/build-kernel.sh flavors/src/xgboost/shap-kernel -O3 -msimd128
//
// Positions are breadth first: parents precede children, siblings are adjacent, the left one first and at an odd position.
// Points of the quadrature are padded to pairs, with factors and weights of 0.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))

typedef unsigned int u32;
typedef v128_t d2;

typedef struct {
  u32 parent, same;
  u32 feature; // of the split above, << 2, | 1 if missing values go left, | 2 for categories
  union {
    float condition; // of the split above: values strictly below go left
    u32 set;         // categories that go right: offset in `sets`
  };
} Position;

typedef struct {
  u32 count, pairs, outputs;
  const Position *positions;
  // For each position: factors, then weights; of each the rows NEITHER, NOT and FITS of 2 * pairs points.
  const float *factors;
  const float *values; // positions x outputs
} Tree;

enum { NEITHER, NOT, FITS, CASES };

// By position.
typedef struct {
  u32 *cases;
  double *products, *sums; // position x 2 * pairs
} Scratch;

// A set is its number of bits, followed by the bits.
INLINE u32 in_set(const u32 *set, float value) {
  if (!(value >= 0 && value < 16777216)) return 0;
  u32 category = (u32)value;
  return category < set[0] && (set[1 + category / 32] >> category % 32 & 1);
}

INLINE u32 goes_left(const Position *at, const float *row, const u32 *sets) {
  float value = row[at->feature >> 2];
  if (value != value) return at->feature & 1;
  return at->feature & 2 ? !in_set(sets + at->set, value) : value < at->condition;
}

INLINE void decide(const Tree *tree, const float *row, const u32 *sets, u32 *cases) {
  const Position *positions = tree->positions;
  cases[0] = FITS;
  for (u32 left = 1; left < tree->count; left += 2) {
    u32 above = cases[positions[left].same] == FITS;
    u32 to_left = goes_left(positions + left, row, sets);
    cases[left] = above ? (to_left ? FITS : NOT) : NEITHER;
    cases[left + 1] = above ? (to_left ? NOT : FITS) : NEITHER;
  }
}

INLINE d2 load2(const float *at) { return wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(at)); }

INLINE void down(const Tree *tree, u32 pairs, u32 output, double scale, const Scratch *scratch) {
  u32 points = 2 * pairs;
  const Position *position = tree->positions + 1;
  const float *factors = tree->factors + 2 * CASES * points;
  const float *value = tree->values + tree->outputs + output;
  double *product = scratch->products + points, *sum = scratch->sums + points;
  for (u32 at = 1; at < tree->count; at++, position++, factors += 2 * CASES * points, value += tree->outputs) {
    const float *factor = factors + scratch->cases[at] * points;
    const double *above = scratch->products + position->parent * points;
    d2 scaled = wasm_f64x2_splat(scale * *value);
    for (u32 pair = 0; pair < pairs; pair++, factor += 2, above += 2, product += 2, sum += 2) {
      d2 result = wasm_f64x2_mul(wasm_v128_load(above), load2(factor));
      wasm_v128_store(product, result);
      wasm_v128_store(sum, wasm_f64x2_mul(scaled, result));
    }
  }
}

INLINE void up(const Tree *tree, u32 pairs, const Scratch *scratch, double *into) {
  u32 points = 2 * pairs;
  for (u32 at = tree->count - 1; at > 0; at--) {
    const Position *position = tree->positions + at;
    const float *weight = tree->factors + ((2 * at + 1) * CASES + scratch->cases[at]) * points;
    const double *sum = scratch->sums + at * points;
    double *parent = scratch->sums + position->parent * points;
    d2 contribution = wasm_f64x2_splat(0);
    for (u32 pair = 0; pair < pairs; pair++, weight += 2, sum += 2, parent += 2) {
      d2 here = wasm_v128_load(sum);
      contribution = wasm_f64x2_add(contribution, wasm_f64x2_mul(load2(weight), here));
      wasm_v128_store(parent, wasm_f64x2_add(wasm_v128_load(parent), here));
    }
    into[position->feature >> 2] +=
        wasm_f64x2_extract_lane(contribution, 0) + wasm_f64x2_extract_lane(contribution, 1);
  }
}

INLINE void explain_pairs(const Tree *tree, u32 pairs, u32 output, double scale, const Scratch *scratch, double *into) {
  for (u32 pair = 0; pair < pairs; pair++) wasm_v128_store(scratch->products + 2 * pair, wasm_f64x2_splat(1));
  down(tree, pairs, output, scale, scratch);
  up(tree, pairs, scratch, into);
}

// into[feature] += scale * contribution of the feature. The usual numbers of points have loops of their own.
EXPORT(explain) void explain(const Tree *tree, const float *row, const u32 *sets, u32 output, double scale,
                             const Scratch *scratch, double *into) {
  decide(tree, row, sets, scratch->cases);
  if (tree->pairs == 1) explain_pairs(tree, 1, output, scale, scratch, into);
  else if (tree->pairs == 2) explain_pairs(tree, 2, output, scale, scratch, into);
  else explain_pairs(tree, tree->pairs, output, scale, scratch, into);
}
