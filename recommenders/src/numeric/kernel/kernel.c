// The inner loops of iALS++ and of full ranking in WebAssembly SIMD. `module.ts` contains the compiled module, so that
// installing needs no compiler. After a change rebuild it: recommenders/src/numeric/kernel/build.sh
//
// Everything is float32 and row-major. `stride` is the padded width of a factor row, a multiple of 8; padding is zero.
// No function may use the C stack: threads share one linear memory and would share the stack with it.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))
#define LOAD(p) wasm_v128_load(p)
#define STORE(p, v) wasm_v128_store(p, v)
#define SPLAT(p) wasm_v128_load32_splat(p)
#define ADD wasm_f32x4_add
#define SUB wasm_f32x4_sub
#define MUL wasm_f32x4_mul
#define ZERO wasm_f32x4_splat(0)

INLINE float sum4(v128_t v) {
  v128_t pairs = ADD(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs, 0) + wasm_f32x4_extract_lane(pairs, 1);
}

INLINE float dot(const float *a, const float *b, int width) {
  v128_t even = ZERO, odd = ZERO;
  for (int k = 0; k < width; k += 8) {
    even = ADD(even, MUL(LOAD(a + k), LOAD(b + k)));
    odd = ADD(odd, MUL(LOAD(a + k + 4), LOAD(b + k + 4)));
  }
  return sum4(ADD(even, odd));
}

// 4 rows x 8 columns of sum over t of x xT, x = rows[index[t]] (rows[t] without an index), kept in registers.
typedef struct { v128_t a0, b0, a1, b1, a2, b2, a3, b3; } Tile;
INLINE Tile outer(const float *rows, const int *index, int n, int stride, int r, int c) {
  Tile s = {ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO};
  for (int t = 0; t < n; t++) {
    const float *x = rows + (long)(index ? index[t] : t) * stride;
    v128_t p = LOAD(x + c), q = LOAD(x + c + 4), w;
    w = SPLAT(x + r);     s.a0 = ADD(s.a0, MUL(w, p)); s.b0 = ADD(s.b0, MUL(w, q));
    w = SPLAT(x + r + 1); s.a1 = ADD(s.a1, MUL(w, p)); s.b1 = ADD(s.b1, MUL(w, q));
    w = SPLAT(x + r + 2); s.a2 = ADD(s.a2, MUL(w, p)); s.b2 = ADD(s.b2, MUL(w, q));
    w = SPLAT(x + r + 3); s.a3 = ADD(s.a3, MUL(w, p)); s.b3 = ADD(s.b3, MUL(w, q));
  }
  return s;
}

// The upper triangle of the 8 x 8 tile at (c, c), written to out with rows b apart, added to G's same tile.
INLINE void outer_diagonal(const float *rows, const int *index, int n, int stride, int c, const float *G, float *out, int b) {
  v128_t a0 = ZERO, a1 = ZERO, a2 = ZERO, a3 = ZERO, b0 = ZERO, b1 = ZERO, b2 = ZERO, b3 = ZERO;
  v128_t b4 = ZERO, b5 = ZERO, b6 = ZERO, b7 = ZERO;
  for (int t = 0; t < n; t++) {
    const float *x = rows + (long)index[t] * stride + c;
    v128_t p = LOAD(x), q = LOAD(x + 4), w;
    w = SPLAT(x);     a0 = ADD(a0, MUL(w, p)); b0 = ADD(b0, MUL(w, q));
    w = SPLAT(x + 1); a1 = ADD(a1, MUL(w, p)); b1 = ADD(b1, MUL(w, q));
    w = SPLAT(x + 2); a2 = ADD(a2, MUL(w, p)); b2 = ADD(b2, MUL(w, q));
    w = SPLAT(x + 3); a3 = ADD(a3, MUL(w, p)); b3 = ADD(b3, MUL(w, q));
    w = SPLAT(x + 4); b4 = ADD(b4, MUL(w, q));
    w = SPLAT(x + 5); b5 = ADD(b5, MUL(w, q));
    w = SPLAT(x + 6); b6 = ADD(b6, MUL(w, q));
    w = SPLAT(x + 7); b7 = ADD(b7, MUL(w, q));
  }
#define LEFT(r, v) STORE(out + r * b, ADD(LOAD(G + r * stride), v))
#define RIGHT(r, v) STORE(out + r * b + 4, ADD(LOAD(G + r * stride + 4), v))
  LEFT(0, a0); LEFT(1, a1); LEFT(2, a2); LEFT(3, a3); RIGHT(0, b0); RIGHT(1, b1); RIGHT(2, b2); RIGHT(3, b3);
  RIGHT(4, b4); RIGHT(5, b5); RIGHT(6, b6); RIGHT(7, b7);
}

INLINE void add4(double *out, v128_t v) {
  STORE(out, wasm_f64x2_add(LOAD(out), wasm_f64x2_promote_low_f32x4(v)));
  v128_t high = wasm_i32x4_shuffle(v, v, 2, 3, 0, 1);
  STORE(out + 2, wasm_f64x2_add(LOAD(out + 2), wasm_f64x2_promote_low_f32x4(high)));
}

// out (stride x stride, float64, upper triangle) += rowsT rows. Sums 256 rows in float32, then adds them in float64.
EXPORT(gram) void gram(const float *rows, int n, int stride, double *out) {
  for (int from = 0; from < n; from += 256) {
    const float *part = rows + (long)from * stride;
    int count = n - from < 256 ? n - from : 256;
    for (int r = 0; r < stride; r += 4)
      for (int c = r & ~7; c < stride; c += 8) {
        Tile s = outer(part, 0, count, stride, r, c);
        double *o = out + (long)r * stride + c;
        add4(o, s.a0); add4(o + 4, s.b0); o += stride;
        add4(o, s.a1); add4(o + 4, s.b1); o += stride;
        add4(o, s.a2); add4(o + 4, s.b2); o += stride;
        add4(o, s.a3); add4(o + 4, s.b3);
      }
  }
}

// Solves A x = g for symmetric positive definite A (upper triangle, destroyed); x overwrites g.
static __attribute__((noinline)) void cholesky_solve(float *A, float *g, int b) {
  for (int j = 0; j < b; j++) {
    float *row = A + j * b;
    float scale = 1 / __builtin_sqrtf(row[j]);
    v128_t by = wasm_f32x4_splat(scale);
    for (int k = j & ~3; k < b; k += 4) STORE(row + k, MUL(LOAD(row + k), by));
    g[j] *= scale;
    for (int i = j + 1; i < b; i++) {
      v128_t f = SPLAT(row + i);
      for (int k = i & ~3; k < b; k += 4) STORE(A + i * b + k, SUB(LOAD(A + i * b + k), MUL(f, LOAD(row + k))));
      g[i] -= row[i] * g[j];
    }
  }
  for (int j = b - 1; j >= 0; j--) {
    float x = g[j];
    for (int k = j + 1; k < b; k++) x -= A[j * b + k] * g[k];
    g[j] = x / A[j * b + j];
  }
}

// A (b x b) = G[at.., at..] + reg I + sum of x_B x_BT over the row's neighbours; upper triangle.
INLINE void hessian(float *A, const float *G, const float *H, const int *index, int n, int stride, int at, int b, float reg) {
  for (int c = 0; c < b; c += 8)
    outer_diagonal(H, index, n, stride, at + c, G + (long)(at + c) * stride + at + c, A + c * b + c, b);
  for (int r = 0; r < b; r += 4)
    for (int c = (r & ~7) + 8; c < b; c += 8) {
      Tile s = outer(H, index, n, stride, at + r, at + c);
      const float *g = G + (long)(at + r) * stride + at + c;
      float *o = A + r * b + c;
      STORE(o, ADD(LOAD(g), s.a0)); STORE(o + 4, ADD(LOAD(g + 4), s.b0)); o += b; g += stride;
      STORE(o, ADD(LOAD(g), s.a1)); STORE(o + 4, ADD(LOAD(g + 4), s.b1)); o += b; g += stride;
      STORE(o, ADD(LOAD(g), s.a2)); STORE(o + 4, ADD(LOAD(g + 4), s.b2)); o += b; g += stride;
      STORE(o, ADD(LOAD(g), s.a3)); STORE(o + 4, ADD(LOAD(g + 4), s.b3));
    }
  for (int r = 0; r < b; r++) A[r * b + r] += reg;
}

// predicted[t] -= x . h_B(t) for the block `at`.
INLINE void step_back(float *predicted, const float *x, const float *H, const int *index, int n, int stride, int at, int b) {
  for (int t = 0; t < n; t++) predicted[t] -= dot(x, H + (long)index[t] * stride + at, b);
}

// g += sum over t of (predicted[t] - 1) x_B, eight coordinates at a time.
INLINE void gradient(float *g, const float *predicted, const float *H, const int *index, int n, int stride, int at, int b) {
  for (int c = 0; c < b; c += 8) {
    v128_t left = LOAD(g + c), right = LOAD(g + c + 4), one = wasm_f32x4_splat(1);
    for (int t = 0; t < n; t++) {
      const float *h = H + (long)index[t] * stride + at + c;
      v128_t error = SUB(SPLAT(predicted + t), one);
      left = ADD(left, MUL(error, LOAD(h)));
      right = ADD(right, MUL(error, LOAD(h + 4)));
    }
    STORE(g + c, left);
    STORE(g + c + 4, right);
  }
}

INLINE float solve_blocks(float *w, const int *index, const float *wanted, int n, const float *H, const float *G, int stride,
                          int b, float reg, float *scratch) {
  float *predicted = scratch, *A = scratch + ((n + 3) & ~3), *g = A + b * b;
  for (int t = 0; t < n; t++) predicted[t] = dot(w, H + (long)index[t] * stride, stride);
  if (wanted)
    for (int t = 0; t < n; t++) predicted[t] += 1 - wanted[t];
  for (int at = 0; at < stride; at += b) {
    for (int k = 0; k < b; k++) g[k] = dot(w, G + (long)(at + k) * stride, stride) + reg * w[at + k];
    gradient(g, predicted, H, index, n, stride, at, b);
    hessian(A, G, H, index, n, stride, at, b, reg);
    cholesky_solve(A, g, b);
    for (int k = 0; k < b; k++) w[at + k] -= g[k];
    step_back(predicted, g, H, index, n, stride, at, b);
  }
  float loss = 0;
  for (int t = 0; t < n; t++) loss += (1 - predicted[t]) * (1 - predicted[t]);
  return loss;
}

// One iALS++ pass over the factor row w: a Newton step per block of b coordinates, predictions kept up to date.
// G = alpha0 * HTH (full, float32); scratch = n predictions padded to 4, then b*b, then b floats.
// The target value of each neighbour is 1, or that of `wanted` if it is not null.
// Returns the sum of (wanted - prediction)^2 over the row's n neighbours after the pass.
EXPORT(solve) float solve(float *w, const int *index, const float *wanted, int n, const float *H, const float *G, int stride,
                          int b, float reg, float *scratch) {
  if (b == 8) return solve_blocks(w, index, wanted, n, H, G, stride, 8, reg, scratch);
  if (b == 16) return solve_blocks(w, index, wanted, n, H, G, stride, 16, reg, scratch);
  return solve_blocks(w, index, wanted, n, H, G, stride, b, reg, scratch);
}

// out[u * width + i] = U[u] . H[i] for 4 users, d floats apart, and items [0, n), n a multiple of 8. H is in panels of 8
// items: all first coordinates, then all second ones, and so on, so that no sum crosses lanes and each is in order of d.
EXPORT(score) void score(const float *U, const float *panels, int n, int d, float *out, int width) {
  for (int i = 0; i < n; i += 8) {
    v128_t a0 = ZERO, b0 = ZERO, a1 = ZERO, b1 = ZERO, a2 = ZERO, b2 = ZERO, a3 = ZERO, b3 = ZERO;
    const float *h = panels + (long)i * d, *u = U;
    for (int k = 0; k < d; k++, h += 8, u++) {
      v128_t p = LOAD(h), q = LOAD(h + 4), w;
      w = SPLAT(u);         a0 = ADD(a0, MUL(w, p)); b0 = ADD(b0, MUL(w, q));
      w = SPLAT(u + d);     a1 = ADD(a1, MUL(w, p)); b1 = ADD(b1, MUL(w, q));
      w = SPLAT(u + 2 * d); a2 = ADD(a2, MUL(w, p)); b2 = ADD(b2, MUL(w, q));
      w = SPLAT(u + 3 * d); a3 = ADD(a3, MUL(w, p)); b3 = ADD(b3, MUL(w, q));
    }
    float *o = out + i;
    STORE(o, a0); STORE(o + 4, b0); o += width;
    STORE(o, a1); STORE(o + 4, b1); o += width;
    STORE(o, a2); STORE(o + 4, b2); o += width;
    STORE(o, a3); STORE(o + 4, b3);
  }
}

// Writes the indices of the k largest of n scores, best first, ties ascending, and returns their number. -Infinity and
// NaN are skipped. Most scores are below the k-th best so far and are skipped eight at a time.
EXPORT(top) int top(const float *scores, int n, int k, int *out) {
  int filled = 0, i = 0;
  float worst = -__builtin_inff();
  while (i < n) {
    if (i + 8 <= n) {
      v128_t bar = wasm_f32x4_splat(worst);
      v128_t over = wasm_v128_or(wasm_f32x4_gt(LOAD(scores + i), bar), wasm_f32x4_gt(LOAD(scores + i + 4), bar));
      if (!wasm_v128_any_true(over)) { i += 8; continue; }
    }
    for (int end = i + 8 < n ? i + 8 : n; i < end; i++) {
      float score = scores[i];
      if (!(score > worst)) continue;
      int place = filled < k ? filled++ : k - 1;
      for (; place > 0 && scores[out[place - 1]] < score; place--) out[place] = out[place - 1];
      out[place] = i;
      if (filled == k) worst = scores[out[k - 1]];
    }
  }
  return filled;
}

// out[0] = number of the n scores above the mark, out[1] = number equal to it.
EXPORT(count) void count(const float *scores, int n, float mark, int *out) {
  v128_t bar = wasm_f32x4_splat(mark), above = wasm_i32x4_splat(0), same = wasm_i32x4_splat(0);
  int i = 0, more = 0, equal = 0;
  for (; i + 4 <= n; i += 4) {
    v128_t s = LOAD(scores + i);
    above = wasm_i32x4_sub(above, wasm_f32x4_gt(s, bar)); // true is -1
    same = wasm_i32x4_sub(same, wasm_f32x4_eq(s, bar));
  }
  for (; i < n; i++) { more += scores[i] > mark; equal += scores[i] == mark; }
  out[0] = more + wasm_i32x4_extract_lane(above, 0) + wasm_i32x4_extract_lane(above, 1) +
           wasm_i32x4_extract_lane(above, 2) + wasm_i32x4_extract_lane(above, 3);
  out[1] = equal + wasm_i32x4_extract_lane(same, 0) + wasm_i32x4_extract_lane(same, 1) +
           wasm_i32x4_extract_lane(same, 2) + wasm_i32x4_extract_lane(same, 3);
}
