/* Tiles of a product: as many sums at a time as there are registers. */

#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__)
enum { LANES = 16, ROWS = 8 }; /* 24 of 32 registers hold sums */
#else
enum { LANES = 8, ROWS = 4 }; /* 12 of 16 */
#endif
enum { PANEL = 3 }; /* vectors side by side */

typedef float Vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Sums run over `outer` x `inner` terms. */
typedef struct {
  int64_t outer, inner;
} Depth;

/* An operand: element i, or panel of elements from i on, of term (o, k) of the sum is at
   data[i * element + o * outer + k * inner]. */
typedef struct {
  const float *data;
  int64_t element, outer, inner;
} Operand;

/* Where a sum goes: out[i * row + j] = base[i * row + j] + scale * sum, or the sum alone where base
   is NULL. */
typedef struct {
  float *out;
  const float *base;
  float scale;
  int64_t row;
} Target;

/* The sums for `rows` x `vectors * LANES` elements from (i, j) on; `right` has elements side by
   side. The first `skip` columns have been done before. */
INLINE void tile(int rows, int vectors, Operand left, Operand right, Depth depth, Target target,
                 int64_t i, int64_t j, int64_t skip) {
  Vector sums[2 * ROWS][PANEL];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = (Vector){0};
  for (int64_t o = 0; o < depth.outer; o++) {
    const float *l = left.data + i * left.element + o * left.outer;
    const float *b = right.data + j + o * right.outer;
    for (int64_t k = 0; k < depth.inner; k++, l += left.inner, b += right.inner) {
      Vector values[PANEL];
      UNROLL for (int v = 0; v < vectors; v++) values[v] = *(const Vector *)(b + v * LANES);
      UNROLL for (int r = 0; r < rows; r++) {
        float factor = l[r * left.element];
        UNROLL for (int v = 0; v < vectors; v++) sums[r][v] += factor * values[v];
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) {
      int64_t at = (i + r) * target.row + j + v * LANES;
      Vector sum = sums[r][v];
      if (target.base == NULL) {
        *(Vector *)(target.out + at) = sum;
      } else if (v == 0 && skip > 0) {
        for (int64_t c = skip; c < LANES; c++)
          target.out[at + c] = target.base[at + c] + target.scale * sum[c];
      } else {
        *(Vector *)(target.out + at) = *(const Vector *)(target.base + at) + target.scale * sum;
      }
    }
}

/* Rows from `i` on, `count` at a time as long as they last; returns the next one. */
INLINE int64_t rows_of(int count, int vectors, int64_t i, int64_t rows, Operand left, Operand right,
                       Depth depth, Target target, int64_t j, int64_t skip) {
  for (; i + count <= rows; i += count)
    tile(count, vectors, left, right, depth, target, i, j, skip);
  return i;
}

INLINE void panel(int vectors, int64_t rows, Operand left, Operand right, Depth depth,
                  Target target, int64_t j, int64_t skip) {
  int64_t i = 0; /* one vector needs more rows, so that enough sums run side by side */
  if (vectors == 1) i = rows_of(2 * ROWS, 1, i, rows, left, right, depth, target, j, skip);
  i = rows_of(ROWS, vectors, i, rows, left, right, depth, target, j, skip);
  i = rows_of(ROWS / 2, vectors, i, rows, left, right, depth, target, j, skip);
  rows_of(1, vectors, i, rows, left, right, depth, target, j, skip);
}

/* All sums for `rows` x `columns` elements; there are at least LANES columns. */
__attribute__((noinline)) static void multiply(int64_t rows, int64_t columns, Operand left,
                                               Operand right, Depth depth, Target target) {
  int64_t j = 0;
  for (; j + PANEL * LANES <= columns; j += PANEL * LANES)
    panel(PANEL, rows, left, right, depth, target, j, 0);
  for (; j + 2 * LANES <= columns; j += 2 * LANES)
    panel(2, rows, left, right, depth, target, j, 0);
  for (; j < columns; j += LANES) {
    int64_t skip = most(0, j + LANES - columns); /* a panel is full: it reaches back */
    panel(1, rows, left, right, depth, target, j - skip, skip);
  }
}

static void add_partial_sums(float *restrict out, const float *restrict partial, int64_t parts,
                             int64_t size) {
  for (int64_t p = 0; p < parts; p++, partial += size)
    for (int64_t i = 0; i < size; i++) out[i] += partial[i];
}
