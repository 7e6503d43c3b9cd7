// Walks rows down trees, in WebAssembly. `module.ts` contains the compiled module, so that installing needs no compiler.
// After a change rebuild it:
// flavors/src/build-kernel.sh flavors/src/xgboost/kernel -O2
//
// Split decisions are hard to predict, so the code is branch-free, and four walks at a time hide each other's latency. A
// leaf is its own left child and tests the constant 0 that ends every row, which is below its infinite condition.

#define EXPORT(name) __attribute__((export_name(#name)))
#define INLINE static inline __attribute__((always_inline))

typedef unsigned int u32;

typedef struct {
  union {
    float condition; // values strictly below go left
    u32 set;         // categories that go right: offset in `sets`
  };
  u32 left;    // address; the right child is the next node
  u32 feature; // byte offset in the row, | 1 if missing values go right, | 2 for categories
  float value; // leaf value
} Node;

typedef struct {
  u32 root, depth, output;
} Tree;

// A set is its number of bits, followed by the bits.
INLINE u32 in_set(const u32 *set, float value) {
  if (!(value >= 0 && value < 16777216)) return 0;
  u32 category = (u32)value;
  return category < set[0] && (set[1 + category / 32] >> category % 32 & 1);
}

INLINE u32 next(const u32 *sets, u32 at, const float *row, int has_sets) {
  const Node *node = (const Node *)at;
  u32 feature = node->feature;
  float value = *(const float *)((const char *)row + (feature & ~3u));
  u32 missing = value != value;
  u32 right = !(value < node->condition);
  if (has_sets && feature & 2) right = in_set(sets + node->set, value);
  return node->left + (right ^ (missing & (right ^ feature))) * sizeof(Node);
}

typedef struct {
  u32 a, b, c, d;
} Four;

// Four walks, each at its own node; walk i reads the row at i * stride.
INLINE Four walk(const u32 *sets, u32 depth, const float *row, int stride, Four at, int has_sets) {
  for (; depth > 0; depth--) {
    Four to = {next(sets, at.a, row, has_sets), next(sets, at.b, row + stride, has_sets),
               next(sets, at.c, row + 2 * stride, has_sets), next(sets, at.d, row + 3 * stride, has_sets)};
    u32 moved = (at.a ^ to.a) | (at.b ^ to.b) | (at.c ^ to.c) | (at.d ^ to.d);
    at = to;
    if (!moved) break;
  }
  return at;
}

// Walks four rows down one tree, which stays in the L1 cache for all rows.
INLINE Four down_one(const u32 *sets, const Tree *tree, const float *row, int stride, int has_sets) {
  Four at = {tree->root, tree->root, tree->root, tree->root};
  return walk(sets, tree->depth, row, stride, at, has_sets);
}

// Walks one row down four trees; the last ones may be padding.
INLINE Four down_four(const u32 *sets, const Tree *t, const float *row, int has_sets) {
  u32 left = t[0].depth > t[1].depth ? t[0].depth : t[1].depth;
  u32 right = t[2].depth > t[3].depth ? t[2].depth : t[3].depth;
  Four at = {t[0].root, t[1].root, t[2].root, t[3].root};
  return walk(sets, left > right ? left : right, row, 0, at, has_sets);
}

#define VALUE(at) ((const Node *)(at))->value

// margins[row * outputs + output of the tree] += value of the leaf, in the order of the trees
INLINE void add(const u32 *sets, const Tree *trees, int count, const float *values, int rows, int stride,
                float *margins, int outputs, int has_sets) {
  int four = rows & ~3;
  for (int tree = 0; tree < count; tree++) {
    float *to = margins + trees[tree].output;
    const float *row = values;
    for (int end = four; end > 0; end -= 4, row += 4 * stride, to += 4 * outputs) {
      Four at = down_one(sets, trees + tree, row, stride, has_sets);
      to[0] += VALUE(at.a);
      to[outputs] += VALUE(at.b);
      to[2 * outputs] += VALUE(at.c);
      to[3 * outputs] += VALUE(at.d);
    }
  }
  for (int row = four; row < rows; row++)
    for (int tree = 0; tree < count; tree += 4) {
      const Tree *t = trees + tree;
      float *to = margins + row * outputs;
      Four at = down_four(sets, t, values + row * stride, has_sets);
      to[t[0].output] += VALUE(at.a);
      if (tree + 1 < count) to[t[1].output] += VALUE(at.b);
      if (tree + 2 < count) to[t[2].output] += VALUE(at.c);
      if (tree + 3 < count) to[t[3].output] += VALUE(at.d);
    }
}

// out[row * count + tree] = address of the leaf
INLINE void leaves(const u32 *sets, const Tree *trees, int count, const float *values, int rows, int stride, u32 *out,
                   int has_sets) {
  for (; rows > 0; rows--, values += stride, out += count)
    for (int tree = 0; tree < count; tree += 4) {
      Four at = down_four(sets, trees + tree, values, has_sets);
      out[tree] = at.a;
      if (tree + 1 < count) out[tree + 1] = at.b;
      if (tree + 2 < count) out[tree + 2] = at.c;
      if (tree + 3 < count) out[tree + 3] = at.d;
    }
}

EXPORT(add) void add_plain(const u32 *sets, const Tree *trees, int count, const float *values, int rows, int stride,
                           float *margins, int outputs) {
  add(sets, trees, count, values, rows, stride, margins, outputs, 0);
}

EXPORT(add_with_sets) void add_with_sets(const u32 *sets, const Tree *trees, int count, const float *values, int rows,
                                         int stride, float *margins, int outputs) {
  add(sets, trees, count, values, rows, stride, margins, outputs, 1);
}

EXPORT(leaves) void leaves_any(const u32 *sets, const Tree *trees, int count, const float *values, int rows, int stride,
                               u32 *out) {
  leaves(sets, trees, count, values, rows, stride, out, 1);
}
