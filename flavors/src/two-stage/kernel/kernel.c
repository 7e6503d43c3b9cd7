// Ranks the scores of a member, in WebAssembly. `module.ts` contains the compiled module, so that installing needs no
// compiler. After a change rebuild it:
// flavors/src/build-kernel.sh flavors/src/two-stage/kernel -O3 -msimd128
#define EXPORT(name) __attribute__((export_name(#name)))

typedef unsigned int u32;
typedef unsigned char u8;

#define DIGIT_BITS 11
#define DIGITS 3
#define BUCKETS (1 << DIGIT_BITS)
#define INFINITY_KEY 0x007fffffu
#define ZERO_KEY 0x7fffffffu
#define MINUS_INFINITY_KEY 0xff800000u
#define UNRANKED 0xffffffffu

// An unsigned key that sorts scores descending: float32 bits are ordered except for the sign. 0 and -0 are equal.
static inline u32 key_of(u32 bits) {
  u32 positive = ~bits & 0x7fffffffu;
  return (int)bits >= 0 || bits == 0x80000000u ? positive : bits;
}

// keys[row], or the largest number for a row that is hidden, minus infinity or NaN. Counts the ranked rows above, at and below 0.
EXPORT(set_keys) void set_keys(const u32 *scores, const u8 *hidden, int items, u32 *keys, int counts[3]) {
  int above = 0, zeros = 0, ranked = 0;
  for (int row = 0; row < items; row++) {
    u32 key = key_of(scores[row]);
    int is_ranked = !hidden[row] & (key >= INFINITY_KEY) & (key < MINUS_INFINITY_KEY);
    keys[row] = is_ranked ? key : UNRANKED;
    above += is_ranked & (key < ZERO_KEY);
    zeros += is_ranked & (key == ZERO_KEY);
    ranked += is_ranked;
  }
  counts[0] = above;
  counts[1] = zeros;
  counts[2] = ranked - above - zeros;
}

// Copies the keys of ranked rows without those of 0.
EXPORT(collect) void collect(const u32 *keys, int items, u32 *collected) {
  for (int row = 0; row < items; row++) {
    *collected = keys[row];
    collected += (keys[row] != UNRANKED) & (keys[row] != ZERO_KEY);
  }
}

// Sorts the keys into `other`, a buffer of the same size; `positions` is filled with zeros.
EXPORT(sort) void sort(u32 *keys, int count, u32 *other, u32 positions[DIGITS][BUCKETS]) {
  for (int n = 0; n < count; n++)
    for (int digit = 0; digit < DIGITS; digit++) positions[digit][keys[n] >> digit * DIGIT_BITS & (BUCKETS - 1)]++;
  for (int digit = 0; digit < DIGITS; digit++) {
    u32 next = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      u32 size = positions[digit][bucket];
      positions[digit][bucket] = next;
      next += size;
    }
  }
  for (int digit = 0; digit < DIGITS; digit++) {
    u32 *at = positions[digit];
    for (int n = 0; n < count; n++) other[at[keys[n] >> digit * DIGIT_BITS & (BUCKETS - 1)]++] = keys[n];
    u32 *sorted = other; // after an odd number of digits the result is in `other`
    other = keys;
    keys = sorted;
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

// ranks[n] = the number of items with a better score than rows[n], NaN if it has none. `sorted` lacks `zeros` keys of 0.
EXPORT(rank) void rank(const u32 *keys, const u32 *sorted, int count, int zeros, const u32 *rows, int wanted, float *ranks) {
  for (int n = 0; n < wanted; n++) {
    u32 key = keys[rows[n]];
    const u32 *at = sorted;
    for (int left = count; left > 1;) {
      int half = left / 2;
      at = at[half - 1] < key ? at + half : at;
      left -= half;
    }
    int better = at - sorted + (count > 0 && *at < key) + (key > ZERO_KEY ? zeros : 0);
    ranks[n] = key == UNRANKED ? __builtin_nanf("") : (float)better;
  }
}
