// Ranks the scores of a member, in WebAssembly. `module.ts` contains the compiled module, so that installing needs no
// compiler. After a change rebuild it with flavors/src/two-stage/kernel/build.sh
#define EXPORT(name) __attribute__((export_name(#name)))

typedef unsigned int u32;
typedef unsigned char u8;

#define DIGIT_BITS 11
#define DIGITS 3
#define BUCKETS (1 << DIGIT_BITS)
#define INFINITY_KEY 0x007fffffu
#define MINUS_INFINITY_KEY 0xff800000u

// An unsigned key that sorts scores descending: float32 bits are ordered except for the sign. 0 and -0 are equal.
static inline u32 key_of(u32 bits) {
  u32 positive = ~bits & 0x7fffffffu;
  return (int)bits >= 0 || bits == 0x80000000u ? positive : bits;
}

// keys[row], or the largest number for a row that is hidden, minus infinity or NaN. Returns how many are ranked.
EXPORT(set_keys) int set_keys(const u32 *scores, const u8 *hidden, int items, u32 *keys) {
  int ranked = 0;
  for (int row = 0; row < items; row++) {
    u32 bits = scores[row];
    u32 key = key_of(bits);
    int is_ranked = !hidden[row] && key >= INFINITY_KEY && key < MINUS_INFINITY_KEY;
    keys[row] = is_ranked ? key : 0xffffffffu;
    ranked += is_ranked;
  }
  return ranked;
}

// Sorts the keys into `sorted` with a radix sort; `other` is a buffer of the same size, and `positions` is filled with zeros.
EXPORT(sort) void sort(const u32 *keys, int items, u32 *sorted, u32 *other, u32 positions[DIGITS][BUCKETS]) {
  for (int n = 0; n < items; n++)
    for (int digit = 0; digit < DIGITS; digit++) positions[digit][keys[n] >> digit * DIGIT_BITS & (BUCKETS - 1)]++;
  for (int digit = 0; digit < DIGITS; digit++) {
    u32 next = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      u32 size = positions[digit][bucket];
      positions[digit][bucket] = next;
      next += size;
    }
  }
  const u32 *from = keys;
  u32 *into = sorted;
  for (int digit = 0; digit < DIGITS; digit++) {
    u32 *at = positions[digit];
    for (int n = 0; n < items; n++) into[at[from[n] >> digit * DIGIT_BITS & (BUCKETS - 1)]++] = from[n];
    from = into;
    into = into == sorted ? other : sorted;
  }
}

// Writes the rows whose key is below `limit`, ascending. Returns how many.
EXPORT(choose) int choose(const u32 *keys, int items, u32 limit, u32 *rows) {
  int count = 0;
  for (int row = 0; row < items; row++) {
    rows[count] = row;
    count += keys[row] < limit;
  }
  return count;
}

// ranks[n] = the number of items with a better score than rows[n], NaN if it has none
EXPORT(rank) void rank(const u32 *keys, const u32 *sorted, int items, const u32 *rows, int count, float *ranks) {
  for (int n = 0; n < count; n++) {
    u32 key = keys[rows[n]];
    const u32 *at = sorted;
    for (int left = items; left > 1;) {
      int half = left / 2;
      at = at[half - 1] < key ? at + half : at;
      left -= half;
    }
    ranks[n] = key == 0xffffffffu ? __builtin_nanf("") : (float)(at - sorted + (*at < key));
  }
}
