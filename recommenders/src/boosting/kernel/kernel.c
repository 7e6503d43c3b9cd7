// The inner loops of gradient boosting in WebAssembly SIMD. `module.ts` contains the compiled module, so that installing
// needs no compiler. After a change rebuild it: recommenders/src/boosting/kernel/build.sh
//
// Gradients are fixed-point: 32-bit per row, summed in 64 bits. Integer sums do not depend on their order, so a tree is
// the same for any number of threads, and a histogram minus a child's is exactly the other child's.
// No function may use the C stack: threads share one linear memory and would share the stack with it.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))
#define LOAD(p) wasm_v128_load(p)
#define STORE(p, v) wasm_v128_store(p, v)
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul
#define F4 wasm_f32x4_splat

typedef unsigned char u8;
typedef unsigned int u32;
typedef long long i64;
typedef __SIZE_TYPE__ size;

// e^x for four numbers, within 2 ulp: Cephes' expf. x is clamped to where float32 is finite and normal.
INLINE v128_t exp4(v128_t x) {
  x = wasm_f32x4_pmin(wasm_f32x4_pmax(x, F4(-87.3f)), F4(88.7f));
  v128_t n = wasm_f32x4_nearest(MUL(x, F4(1.44269504f)));
  x = SUB(SUB(x, MUL(n, F4(0.693359375f))), MUL(n, F4(-2.12194440e-4f)));
  v128_t p = F4(1.9875691500e-4f);
  p = ADD(MUL(p, x), F4(1.3981999507e-3f));
  p = ADD(MUL(p, x), F4(8.3334519073e-3f));
  p = ADD(MUL(p, x), F4(4.1665795894e-2f));
  p = ADD(MUL(p, x), F4(1.6666665459e-1f));
  p = ADD(MUL(p, x), F4(5.0000001201e-1f));
  p = ADD(ADD(MUL(MUL(p, x), x), x), F4(1));
  v128_t e = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return MUL(p, e);
}

INLINE float max_lane(v128_t v) {
  v = wasm_f32x4_max(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  v = wasm_f32x4_max(v, wasm_i32x4_shuffle(v, v, 1, 0, 3, 2));
  return wasm_f32x4_extract_lane(v, 0);
}

// Writes the pairs of four rows to `pairs`; rows beyond `count` are not written.
INLINE void store_pairs(float *pairs, v128_t g, v128_t h, int count) {
  v128_t low = wasm_i32x4_shuffle(g, h, 0, 4, 1, 5), high = wasm_i32x4_shuffle(g, h, 2, 6, 3, 7);
  if (count >= 4) {
    STORE(pairs, low);
    STORE(pairs + 4, high);
    return;
  }
  if (count >= 2) {
    STORE(pairs, low);
    pairs += 4;
    low = high;
  }
  if (count & 1) wasm_v128_store64_lane(pairs, low, 0);
}

// All arrays of rows are padded to four. Every gradient function writes (gradient, hessian) pairs of rows [from, to),
// where `from` is a multiple of four, and their largest absolute values to peak[0] and peak[1]; NaN stays NaN there.
INLINE void finish_peaks(float *peak, v128_t g, v128_t h) {
  peak[0] = max_lane(g);
  peak[1] = max_lane(h);
}

// Weights of rows i to i + 3; zero for rows beyond the remaining `left`.
INLINE v128_t weights4(const float *weights, int i, int left) {
  v128_t w = weights ? LOAD(weights + i) : F4(1);
  return wasm_v128_and(w, wasm_i32x4_lt(wasm_i32x4_make(0, 1, 2, 3), wasm_i32x4_splat(left)));
}

EXPORT(logistic) void logistic(const float *margins, const float *labels, const float *weights, int from, int to,
                               float *pairs, float *peak) {
  v128_t top_g = F4(0), top_h = F4(0), one = F4(1);
  for (int i = from; i < to; i += 4) {
    v128_t w = weights4(weights, i, to - i);
    v128_t p = wasm_f32x4_div(one, ADD(exp4(wasm_f32x4_neg(LOAD(margins + i))), one));
    v128_t g = MUL(SUB(p, LOAD(labels + i)), w);
    v128_t h = MUL(wasm_f32x4_max(MUL(p, SUB(one, p)), F4(1e-16f)), w);
    top_g = wasm_f32x4_max(top_g, wasm_f32x4_abs(g));
    top_h = wasm_f32x4_max(top_h, h);
    store_pairs(pairs + 2 * (size)i, g, h, to - i);
  }
  finish_peaks(peak, top_g, top_h);
}

EXPORT(squared) void squared(const float *margins, const float *labels, const float *weights, int from, int to,
                             float *pairs, float *peak) {
  v128_t top_g = F4(0), top_h = F4(0);
  for (int i = from; i < to; i += 4) {
    v128_t w = weights4(weights, i, to - i);
    v128_t g = MUL(SUB(LOAD(margins + i), LOAD(labels + i)), w);
    top_g = wasm_f32x4_max(top_g, wasm_f32x4_abs(g));
    top_h = wasm_f32x4_max(top_h, w);
    store_pairs(pairs + 2 * (size)i, g, w, to - i);
  }
  finish_peaks(peak, top_g, top_h);
}

// Margins and pairs of a class start `stride` rows after those of the previous class. peak has two numbers per class.
EXPORT(softmax) void softmax(const float *margins, const float *labels, const float *weights, int from, int to,
                             float *pairs, float *peak, int classes, int stride) {
  for (int k = 0; k < 2 * classes; k++) peak[k] = 0;
  v128_t one = F4(1);
  for (int i = from; i < to; i += 4) {
    v128_t w = weights4(weights, i, to - i), label = LOAD(labels + i), top = LOAD(margins + i), sum = F4(0);
    for (int k = 1; k < classes; k++) top = wasm_f32x4_max(top, LOAD(margins + (size)k * stride + i));
    for (int k = 0; k < classes; k++) sum = ADD(sum, exp4(SUB(LOAD(margins + (size)k * stride + i), top)));
    for (int k = 0; k < classes; k++) {
      v128_t p = wasm_f32x4_div(exp4(SUB(LOAD(margins + (size)k * stride + i), top)), sum);
      v128_t is = wasm_v128_and(wasm_f32x4_eq(label, F4((float)k)), one);
      v128_t g = MUL(SUB(p, is), w);
      v128_t h = MUL(wasm_f32x4_max(MUL(MUL(F4(2), p), SUB(one, p)), F4(1e-16f)), w);
      store_pairs(pairs + 2 * ((size)k * stride + i), g, h, to - i);
      peak[2 * k] = max_lane(wasm_f32x4_max(F4(peak[2 * k]), wasm_f32x4_abs(g)));
      peak[2 * k + 1] = max_lane(wasm_f32x4_max(F4(peak[2 * k + 1]), h));
    }
  }
}

// Turns float32 pairs into int32 pairs in place: rounded multiples of 1 / scale.
EXPORT(quantize) void quantize(float *pairs, int from, int to, float scale_g, float scale_h) {
  v128_t scale = wasm_f32x4_make(scale_g, scale_h, scale_g, scale_h);
  int i = from;
  for (; i + 2 <= to; i += 2) {
    float *p = pairs + 2 * (size)i;
    STORE(p, wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(MUL(LOAD(p), scale))));
  }
  if (i < to) {
    float *p = pairs + 2 * (size)i;
    wasm_v128_store64_lane(p, wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(MUL(wasm_v128_load64_zero(p), scale))), 0);
  }
}

// Keeps the rows whose hash of (seed, row) is below `limit`. Both lists are ascending; returns the number of kept rows.
EXPORT(sample) int sample(int rows, u32 seed, u32 limit, int *kept, int *rest) {
  int n = 0, m = 0;
  for (int i = 0; i < rows; i++) {
    u32 x = (u32)i * 0x9e3779b1u ^ seed;
    x = (x ^ (x >> 16)) * 0x85ebca6bu;
    x = (x ^ (x >> 13)) * 0xc2b2ae35u;
    x ^= x >> 16;
    int keep = x < limit;
    kept[n] = i;
    rest[m] = i;
    n += keep;
    m += !keep;
  }
  return n;
}

EXPORT(count_up) void count_up(int *rows, int from, int to) {
  for (int i = from; i < to; i++) rows[i] = i;
}

INLINE void add_row(const u8 *bin, v128_t pair, i64 *out, int features, int step) {
  int j = 0;
  for (; j + 4 <= features; j += 4, out += 4 * step) {
    i64 *a = out + 2 * bin[j], *b = out + step + 2 * bin[j + 1];
    i64 *c = out + 2 * step + 2 * bin[j + 2], *d = out + 3 * step + 2 * bin[j + 3];
    STORE(a, wasm_i64x2_add(LOAD(a), pair));
    STORE(b, wasm_i64x2_add(LOAD(b), pair));
    STORE(c, wasm_i64x2_add(LOAD(c), pair));
    STORE(d, wasm_i64x2_add(LOAD(d), pair));
  }
  for (; j < features; j++, out += step) {
    i64 *a = out + 2 * bin[j];
    STORE(a, wasm_i64x2_add(LOAD(a), pair));
  }
}

INLINE void add_rows(const int *rows, int from, int to, const u8 *bins, int features, int step, const int *pairs, i64 *out) {
  for (int at = from; at < to; at++) {
    size i = rows[at];
    add_row(bins + i * features, wasm_i64x2_load32x2(pairs + 2 * i), out, features, step);
  }
}

// out[feature][slot] = sum of the pairs of rows[from, to) in that slot; `slots` pairs per feature.
EXPORT(histogram) void histogram(const int *rows, int from, int to, const u8 *bins, int features, int slots,
                                 const int *pairs, i64 *out) {
  for (int k = 0; k < features * slots; k++) STORE(out + 2 * k, wasm_i64x2_splat(0));
  if (slots == 256) add_rows(rows, from, to, bins, features, 512, pairs, out);
  else add_rows(rows, from, to, bins, features, 2 * slots, pairs, out);
}

// Rows whose bin is at most `bin`, or is `missing`, go to left[from..], the others to right[from..]; count[0] = left ones.
EXPORT(partition) void partition(const int *rows, int from, int to, const u8 *column, int bin, int missing, int *left,
                                 int *right, int *count) {
  int a = from, b = from;
  for (int at = from; at < to; at++) {
    int i = rows[at], value = column[i];
    int goes = (value <= bin) | (value == missing);
    left[a] = i;
    right[b] = i;
    a += goes;
    b += !goes;
  }
  count[0] = a - from;
}

EXPORT(copy) void copy(int *to, const int *from, int count) { __builtin_memcpy(to, from, (size)count * 4); }

typedef struct { double inverse_g, inverse_h, lambda, alpha, max_delta_step, min_child_weight, bounded; } Rules;
typedef struct { i64 g, h; double gain, lower, upper, unused[3]; } Node;
typedef struct { i64 left_g, left_h; double gain, feature, bin, default_left, unused[2]; } Split;

// The data that all searches share. Per feature: the number of bins, whether the slot after them contains missing values,
// the monotone constraint. Per node: the features to search, and the best split in each of `chunks` of features.
typedef struct {
  const Rules *rules;
  int features, slots, chunks;
  const int *bins, *has_missing, *constraints;
  const Node *nodes;
  const u8 *wanted;
  Split *splits;
} Search;

INLINE double shrunk(double g, double alpha) { return g > alpha ? g - alpha : g < -alpha ? g + alpha : 0; }

INLINE float weight_of(const Rules *r, const Node *n, double g, double h) {
  if (h < r->min_child_weight || h <= 0) return 0;
  double w = -shrunk(g, r->alpha) / (h + r->lambda), most = r->max_delta_step;
  if (most > 0) w = w > most ? most : w < -most ? -most : w;
  return w < n->lower ? n->lower : w > n->upper ? n->upper : w;
}

// Twice the reduction of the loss by a leaf of weight w.
INLINE double gain_given(const Rules *r, double g, double h, double w) {
  return h <= 0 ? 0 : -(2 * g * w + (h + r->lambda) * w * w + 2 * r->alpha * __builtin_fabs(w));
}

// Sets the node's gain as a leaf and returns its weight, before eta.
EXPORT(weigh) float weigh(const Rules *r, Node *n) {
  double g = n->g * r->inverse_g, h = n->h * r->inverse_h;
  float w = weight_of(r, n, g, h);
  n->gain = r->bounded == 0 ? (h <= 0 ? 0 : shrunk(g, r->alpha) * shrunk(g, r->alpha) / (h + r->lambda)) : gain_given(r, g, h, w);
  return w;
}

INLINE double split_gain(const Rules *r, const Node *n, double lg, double lh, double rg, double rh, int constraint) {
  if (r->bounded == 0) {
    v128_t g = wasm_f64x2_make(shrunk(lg, r->alpha), shrunk(rg, r->alpha));
    v128_t h = wasm_f64x2_add(wasm_f64x2_make(lh, rh), wasm_f64x2_splat(r->lambda));
    v128_t gain = wasm_f64x2_div(wasm_f64x2_mul(g, g), h);
    return wasm_f64x2_extract_lane(gain, 0) + wasm_f64x2_extract_lane(gain, 1);
  }
  double left = weight_of(r, n, lg, lh), right = weight_of(r, n, rg, rh);
  if ((constraint > 0 && left > right) || (constraint < 0 && left < right)) return -__builtin_inf();
  return gain_given(r, lg, lh, left) + gain_given(r, rg, rh, right);
}

INLINE void consider(const Rules *r, const Node *n, i64 lg, i64 lh, int constraint, int feature, int bin, int default_left,
                     Split *best) {
  i64 rg = n->g - lg, rh = n->h - lh;
  double left_h = lh * r->inverse_h, right_h = rh * r->inverse_h;
  if (lh <= 0 || rh <= 0 || left_h < r->min_child_weight || right_h < r->min_child_weight) return;
  double gain = split_gain(r, n, lg * r->inverse_g, left_h, rg * r->inverse_g, right_h, constraint);
  float change = gain - n->gain;
  if (!(change > best->gain)) return;
  best->left_g = lg;
  best->left_h = lh;
  best->gain = change;
  best->feature = feature;
  best->bin = bin;
  best->default_left = default_left;
}

// The best split of one feature. Bin b splits at its upper bound; bin -1 sends only missing values to the left. Of equal
// gains the first wins, in XGBoost's order: missing to the right from the lowest bin up, to the left from the highest down.
INLINE void search_feature(const Search *s, const Node *n, int feature, const i64 *slots, Split *best) {
  int bins = s->bins[feature], has_missing = s->has_missing[feature], constraint = s->constraints[feature];
  i64 g = 0, h = 0;
  for (int b = 0; b < bins - !has_missing; b++) {
    g += slots[2 * b];
    h += slots[2 * b + 1];
    consider(s->rules, n, g, h, constraint, feature, b, 0, best);
  }
  if (!has_missing || (slots[2 * bins] == 0 && slots[2 * bins + 1] == 0)) return;
  g = n->g;
  h = n->h;
  for (int b = bins - 2; b >= -1; b--) {
    g -= slots[2 * b + 2];
    h -= slots[2 * b + 3];
    consider(s->rules, n, g, h, constraint, feature, b, 1, best);
  }
}

static __attribute__((noinline)) void search(const Search *s, int node, int chunk, int from, int to, const i64 *slots) {
  Split *best = s->splits + node * s->chunks + chunk;
  best->gain = 0;
  const u8 *wanted = s->wanted + (size)node * s->features;
  for (int j = from; j < to; j++, slots += 2 * s->slots)
    if (wanted[j]) search_feature(s, s->nodes + node, j, slots, best);
}

// For a chunk of features [from, to): adds `parts` partial histograms, `features * slots` pairs apart, to `small`; subtracts
// it from `parent` (if any), which becomes the other child's; then finds the best split of each node that is not -1.
EXPORT(finish) void finish(const Search *s, int chunk, int from, int to, i64 *small, i64 *parent, const i64 *part, int parts,
                           int small_node, int other_node) {
  int step = 2 * s->slots, words = (to - from) * step;
  size first = (size)from * step;
  small += first;
  part += first;
  for (int p = 0; p < parts; p++, part += (size)s->features * step)
    for (int k = 0; k < words; k += 2) STORE(small + k, wasm_i64x2_add(LOAD(small + k), LOAD(part + k)));
  if (parent) {
    parent += first;
    for (int k = 0; k < words; k += 2) STORE(parent + k, wasm_i64x2_sub(LOAD(parent + k), LOAD(small + k)));
  }
  if (small_node >= 0) search(s, small_node, chunk, from, to, small);
  if (other_node >= 0) search(s, other_node, chunk, from, to, parent);
}

// Sums of all pairs in one feature's slots.
EXPORT(total) void total(const i64 *slots, int count, i64 *out) {
  v128_t sum = wasm_i64x2_splat(0);
  for (int k = 0; k < count; k++) sum = wasm_i64x2_add(sum, LOAD(slots + 2 * k));
  STORE(out, sum);
}

EXPORT(add_leaf) void add_leaf(float *margins, const int *rows, int from, int to, float value) {
  for (int at = from; at < to; at++) margins[rows[at]] += value;
}

// The same for a node whose children are both leaves: its rows need not be partitioned first.
EXPORT(add_leaves) void add_leaves(float *margins, const int *rows, int from, int to, const u8 *column, int bin, int missing,
                                   float left, float right) {
  for (int at = from; at < to; at++) {
    int i = rows[at], value = column[i];
    margins[i] += ((value <= bin) | (value == missing)) ? left : right;
  }
}

// A node of a grown tree: feature, bin, missing (the bin that also goes left, or 256), left child (right follows it);
// a leaf has left 0 and the bits of its value in `bin`.
typedef struct { int feature, bin, missing, left; } Step;

// Descends the tree with rows[from, to) (the row numbers themselves if rows is 0) and adds the leaf values to their margins.
EXPORT(descend) void descend(const Step *tree, const u8 *bins, int features, const int *rows, int from, int to, float *margins) {
  for (int at = from; at < to; at++) {
    size i = rows ? rows[at] : at;
    const u8 *bin = bins + i * features;
    const Step *step = tree;
    while (step->left) {
      int value = bin[step->feature];
      int goes = (value <= step->bin) | (value == step->missing);
      step = tree + step->left + !goes;
    }
    margins[i] += *(const float *)&step->bin;
  }
}
