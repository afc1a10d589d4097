/* Products of a layer's batch with its kernel, for XLA's custom calls on a CPU.

   Matrices: a kernel of a few hundred KB stays in the caches of the cores, if every core works on
   the same rows of it in the forward product, the kernel gradient and the update. XLA's products
   let any core take any piece; then the caches hand the kernel to each other, which takes longer
   than the arithmetic. Here the rows of the kernel are cut into chunks, a thread prefers the
   chunks it has had before.

   Convolutions, channels last: the elements of a row of the window lie side by side, so a tile of
   the product reads them where they are; nothing is gathered but the image inside its padding.

   Partial sums are added in the order of the chunks: the number of threads does not change a bit
   of the results. */

#include "xla/ffi/api/c_api.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__AVX512F__)
enum { LANES = 16, ROWS = 8 }; /* 24 of 32 registers hold sums */
#else
enum { LANES = 8, ROWS = 4 }; /* 12 of 16 */
#endif
enum {
  PANEL = 3,
  MOST_THREADS = 64,
  BLOCK = 128,                  /* terms of a sum for which a panel stays in the first cache */
  LEAST_SHARED_WORK = 1 << 19,  /* multiplications */
  MOST_SPINS = 4096,
};

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
  for (; i + count <= rows; i += count) tile(count, vectors, left, right, depth, target, i, j, skip);
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
__attribute__((noinline)) static void multiply(int64_t rows, int64_t columns, Operand left, Operand right, Depth depth,
                     Target target) {
  int64_t j = 0;
  for (; j + 3 * LANES <= columns; j += 3 * LANES)
    panel(3, rows, left, right, depth, target, j, 0);
  for (; j + 2 * LANES <= columns; j += 2 * LANES)
    panel(2, rows, left, right, depth, target, j, 0);
  for (; j < columns; j += LANES) {
    int64_t skip = most(0, j + LANES - columns); /* a panel is full: it reaches back */
    panel(1, rows, left, right, depth, target, j - skip, skip);
  }
}

/* One product: of (m, k) and (k, n), or, over the rows, of (m, k) and (m, n). */
typedef struct {
  int over_rows;
  int64_t m, k, n;
  const float *left, *right;
  const float *base; /* (k, n) or NULL, of a product over rows */
  float scale;
  float *out;
  float *partial; /* (chunks - 1, m, n), of a product that is not over rows */
  int64_t chunks; /* of the rows of the kernel */
} Product;

/* Chunks are equal up to a few rows, and begin at multiples of ROWS. */
static int64_t chunk_start(const Product *p, int64_t chunk) {
  int64_t size = (p->k + p->chunks - 1) / p->chunks;
  int64_t start = chunk * ((size + ROWS - 1) / ROWS * ROWS);
  return start < p->k ? start : p->k;
}

static void multiply_chunks(const void *data, int64_t first, int64_t last) {
  const Product *p = data;
  if (p->over_rows) {
    int64_t from = chunk_start(p, first), to = chunk_start(p, last);
    Operand left = {p->left + from, 1, 0, p->k}, right = {p->right, 1, 0, p->n};
    const float *base = p->base ? p->base + from * p->n : NULL;
    Target target = {p->out + from * p->n, base, p->scale, p->n};
    multiply(to - from, p->n, left, right, (Depth){1, p->m}, target);
    return;
  }
  for (int64_t c = first; c < last; c++) {
    int64_t from = chunk_start(p, c), to = chunk_start(p, c + 1);
    Operand left = {p->left + from, p->k, 0, 1}, right = {p->right + from * p->n, 1, 0, p->n};
    float *out = c == 0 ? p->out : p->partial + (c - 1) * p->m * p->n;
    multiply(p->m, p->n, left, right, (Depth){1, to - from}, (Target){out, NULL, 1, p->n});
  }
}

static void add_partial_sums(float *restrict out, const float *restrict partial, int64_t parts,
                             int64_t size) {
  for (int64_t p = 0; p < parts; p++, partial += size)
    for (int64_t i = 0; i < size; i++) out[i] += partial[i];
}

/* A convolution, or its kernel gradient, of images (height, width, channels). */
typedef struct {
  int64_t images, height, width, channels;
  int64_t taps_high, taps_wide, filters;
  int64_t rows, columns; /* of the outputs */
  int64_t top, left;     /* padding */
  int64_t step_down, step_right;
  const float *x;
  const float *other; /* the kernel, or the gradient of the outputs */
  float *out;         /* the outputs, or the kernel gradient */
  float *partial;     /* (chunks - 1, kernel), of the kernel gradient */
  float *inside;      /* (chunks, image inside its padding), NULL: there is none */
  int64_t chunks;
} Convolution;

/* What the windows move over: an image, or a copy of it inside its padding. */
typedef struct {
  const float *data;
  int64_t row;
} Image;

static int64_t padded_height(const Convolution *c) {
  return (c->rows - 1) * c->step_down + c->taps_high;
}
static int64_t padded_width(const Convolution *c) {
  return (c->columns - 1) * c->step_right + c->taps_wide;
}

/* Memory for an image of this chunk inside its padding. */
static float *inside_of(const Convolution *c, int64_t chunk) {
  if (c->inside == NULL) return NULL;
  return c->inside + chunk * padded_height(c) * padded_width(c) * c->channels;
}

static Image pad(const Convolution *c, int64_t image, float *inside) {
  const float *x = c->x + image * c->height * c->width * c->channels;
  if (inside == NULL) return (Image){x, c->width * c->channels};
  int64_t height = padded_height(c), width = padded_width(c);
  int64_t row = width * c->channels, used = c->width < width - c->left ? c->width : width - c->left;
  size_t before = c->left * c->channels * sizeof(float);
  size_t bytes = used * c->channels * sizeof(float), all = row * sizeof(float);
  for (int64_t i = 0; i < height; i++) {
    char *to = (char *)(inside + i * row);
    int64_t source = i - c->top;
    if (source < 0 || source >= c->height) {
      memset(to, 0, all);
      continue;
    }
    memset(to, 0, before);
    memcpy(to + before, x + source * c->width * c->channels, bytes);
    memset(to + before + bytes, 0, all - before - bytes);
  }
  return (Image){inside, row};
}

static void convolve_image(const Convolution *c, int64_t number, Image image) {
  float *out = c->out + number * c->rows * c->columns * c->filters;
  int64_t line = c->taps_wide * c->channels; /* side by side in the image and in the kernel */
  int64_t together = most(1, BLOCK / line), pieces = (line + BLOCK - 1) / BLOCK;
  int64_t some_rows = most(1, BLOCK / c->columns);
  for (int64_t first = 0; first < c->rows; first += some_rows)
    for (int64_t tap = 0; tap < c->taps_high; tap += together)
      for (int64_t piece = 0; piece < pieces; piece++) {
        int64_t from = line * piece / pieces, to = line * (piece + 1) / pieces;
        Depth depth = {least(together, c->taps_high - tap), to - from};
        const float *kernel = c->other + (tap * line + from) * c->filters;
        Operand right = {kernel, 1, line * c->filters, c->filters};
        for (int64_t row = first; row < least(first + some_rows, c->rows); row++) {
          const float *at = image.data + (row * c->step_down + tap) * image.row + from;
          Operand left = {at, c->step_right * c->channels, image.row, 1};
          float *to_row = out + row * c->columns * c->filters;
          const float *base = tap + piece == 0 ? NULL : to_row;
          multiply(c->columns, c->filters, left, right, depth,
                   (Target){to_row, base, 1, c->filters});
        }
      }
}

static void convolve_chunks(const void *data, int64_t first, int64_t last) {
  const Convolution *c = data;
  float *inside = inside_of(c, first);
  int64_t from = c->images * first / c->chunks, to = c->images * last / c->chunks;
  for (int64_t i = from; i < to; i++) convolve_image(c, i, pad(c, i, inside));
}

/* Adds what one image contributes to the rows `first` <= i < `last` of the kernel gradient, as a
   matrix with a row for each place in the window and channel: for some rows of the outputs at a
   time, whose gradient stays in the first cache. */
static void add_kernel_gradient(const Convolution *c, int64_t number, Image image, int64_t first,
                                int64_t last, float *out, int is_first) {
  const float *gradient = c->other + number * c->rows * c->columns * c->filters;
  int64_t line = c->taps_wide * c->channels; /* side by side in the image */
  int64_t together = most(1, BLOCK / c->columns), pieces = (c->columns + BLOCK - 1) / BLOCK;
  for (int64_t row = 0; row < c->rows; row += together)
    for (int64_t piece = 0; piece < pieces; piece++) {
      int64_t from = c->columns * piece / pieces, to = c->columns * (piece + 1) / pieces;
      Depth depth = {least(together, c->rows - row), to - from};
      const float *values = gradient + (row * c->columns + from) * c->filters;
      Operand right = {values, 1, c->columns * c->filters, c->filters};
      for (int64_t tap = first / line; tap * line < last; tap++) {
        int64_t low = most(first, tap * line), high = least(last, (tap + 1) * line);
        const float *at = image.data + (row * c->step_down + tap) * image.row + low - tap * line;
        int64_t step = c->step_right * c->channels;
        Operand left = {at + from * step, 1, c->step_down * image.row, step};
        float *to_rows = out + low * c->filters;
        const float *base = is_first && row + piece == 0 ? NULL : to_rows;
        multiply(high - low, c->filters, left, right, depth, (Target){to_rows, base, 1, c->filters});
      }
    }
}

static int64_t kernel_rows(const Convolution *c) {
  return c->taps_high * c->taps_wide * c->channels;
}

/* Chunks of images, each with a kernel gradient of its own to be added up. */
static void gradient_of_images(const void *data, int64_t first, int64_t last) {
  const Convolution *c = data;
  int64_t rows = kernel_rows(c);
  float *inside = inside_of(c, first);
  for (int64_t chunk = first; chunk < last; chunk++) {
    float *out = chunk == 0 ? c->out : c->partial + (chunk - 1) * rows * c->filters;
    int64_t from = c->images * chunk / c->chunks, to = c->images * (chunk + 1) / c->chunks;
    for (int64_t i = from; i < to; i++)
      add_kernel_gradient(c, i, pad(c, i, inside), 0, rows, out, i == from);
  }
}

/* Chunks of rows of a large kernel, which stay in the second cache while all images pass. */
static void gradient_of_rows(const void *data, int64_t first, int64_t last) {
  const Convolution *c = data;
  int64_t rows = kernel_rows(c);
  float *inside = inside_of(c, first);
  for (int64_t chunk = first; chunk < last; chunk++) {
    int64_t from = rows * chunk / c->chunks, to = rows * (chunk + 1) / c->chunks;
    for (int64_t i = 0; i < c->images; i++)
      add_kernel_gradient(c, i, pad(c, i, inside), from, to, c->out, i == 0);
  }
}

/* Work in chunks that threads share. Each share, a run of chunks, is claimed once, by the thread
   that had it the last time if that comes in time; nobody waits for a thread that has not begun. */
typedef struct {
  void (*run)(const void *data, int64_t first, int64_t last);
  const void *data;
  int64_t chunks, shares;
  atomic_int claimed[MOST_THREADS];
  atomic_int left;  /* shares that are not done */
  atomic_int users; /* threads that may still look at this */
} Shared;

static atomic_int thread_count;
static _Thread_local int thread_number = -1;

static void work(Shared *shared) {
  if (thread_number < 0) thread_number = atomic_fetch_add(&thread_count, 1);
  int64_t shares = shared->shares, chunks = shared->chunks;
  for (int64_t n = 0; n < shares; n++) {
    int64_t share = (thread_number + n) % shares;
    if (atomic_exchange_explicit(&shared->claimed[share], 1, memory_order_relaxed)) continue;
    shared->run(shared->data, share * chunks / shares, (share + 1) * chunks / shares);
    atomic_fetch_sub_explicit(&shared->left, 1, memory_order_release);
  }
}

static void leave(Shared *shared) {
  if (atomic_fetch_sub_explicit(&shared->users, 1, memory_order_acq_rel) == 1) free(shared);
}

/* What the other threads do. */
static void help(void *data) {
  work(data);
  leave(data);
}

/* Whether a call of XLA went well; its error is freed. */
static int succeeds(XLA_FFI_Error *error, XLA_FFI_CallFrame *frame) {
  if (error == NULL) return 1;
  XLA_FFI_Error_Destroy_Args args = {sizeof args, NULL, error};
  frame->api->XLA_FFI_Error_Destroy(&args);
  return 0;
}

static int64_t count_threads(XLA_FFI_CallFrame *frame) {
  int64_t threads = 1;
  XLA_FFI_ThreadPool_NumThreads_Args pool = {sizeof pool, NULL, frame->ctx, &threads};
  return succeeds(frame->api->XLA_FFI_ThreadPool_NumThreads(&pool), frame) ? threads : 1;
}

/* Runs the shares on threads of XLA and this one. */
static void run_shares(XLA_FFI_CallFrame *frame, Shared *shared) {
  for (int64_t n = 1; n < shared->shares; n++) {
    XLA_FFI_ThreadPool_Schedule_Args task = {sizeof task, NULL, frame->ctx, help, shared};
    if (!succeeds(frame->api->XLA_FFI_ThreadPool_Schedule(&task), frame)) leave(shared);
  }
  work(shared);
  for (int spins = 0; atomic_load_explicit(&shared->left, memory_order_acquire) > 0; spins++)
    if (spins < MOST_SPINS)
      __builtin_ia32_pause();
    else
      sched_yield(); /* the other thread may have lost its core to another process */
  leave(shared);
}

static void share(XLA_FFI_CallFrame *frame, double multiplications, const void *data,
                  int64_t chunks, void (*run)(const void *, int64_t, int64_t)) {
  int64_t shares = multiplications < LEAST_SHARED_WORK ? 1 : least(chunks, count_threads(frame));
  shares = least(shares, MOST_THREADS);
  Shared *shared = shares > 1 ? calloc(1, sizeof *shared) : NULL;
  if (shared == NULL) {
    run(data, 0, chunks);
    return;
  }
  shared->run = run;
  shared->data = data;
  shared->chunks = chunks;
  shared->shares = shares;
  atomic_init(&shared->left, (int)shares);
  atomic_init(&shared->users, (int)shares);
  run_shares(frame, shared);
}

/* Whether XLA only asks for the version that this was compiled for. */
static int answers_metadata(XLA_FFI_CallFrame *frame) {
  XLA_FFI_Extension_Base *extension = frame->extension_start;
  while (extension != NULL && extension->type != XLA_FFI_Extension_Metadata)
    extension = extension->next;
  if (extension == NULL) return 0;
  XLA_FFI_Metadata *metadata = ((XLA_FFI_Metadata_Extension *)extension)->metadata;
  metadata->api_version.major_version = XLA_FFI_API_MAJOR;
  metadata->api_version.minor_version = XLA_FFI_API_MINOR;
  metadata->traits = 0;
  return 1;
}

static XLA_FFI_Buffer *argument(XLA_FFI_CallFrame *frame, int i) { return frame->args.args[i]; }
static XLA_FFI_Buffer *result(XLA_FFI_CallFrame *frame, int i) { return frame->rets.rets[i]; }

static void run_product(XLA_FFI_CallFrame *frame, const Product *p) {
  share(frame, (double)p->m * p->k * p->n, p, p->chunks, multiply_chunks);
  if (!p->over_rows) add_partial_sums(p->out, p->partial, p->chunks - 1, p->m * p->n);
}

/* left (m, k), right (k, n) -> out (m, n), partial (chunks - 1, m, n) */
XLA_FFI_Error *addax_product(XLA_FFI_CallFrame *frame) {
  if (answers_metadata(frame)) return NULL;
  XLA_FFI_Buffer *left = argument(frame, 0), *right = argument(frame, 1);
  Product product = {.m = left->dims[0],    .k = left->dims[1],   .n = right->dims[1],
                     .left = left->data,    .right = right->data, .out = result(frame, 0)->data,
                     .partial = result(frame, 1)->data,
                     .chunks = result(frame, 1)->dims[0] + 1};
  run_product(frame, &product);
  return NULL;
}

/* left (m, k), right (m, n) [, base (k, n), scale ()] -> [base + scale *] left.T @ right (k, n),
   no memory (chunks - 1, 0) */
XLA_FFI_Error *addax_product_over_rows(XLA_FFI_CallFrame *frame) {
  if (answers_metadata(frame)) return NULL;
  XLA_FFI_Buffer *left = argument(frame, 0), *right = argument(frame, 1);
  Product product = {.over_rows = 1,     .m = left->dims[0],   .k = left->dims[1],
                     .n = right->dims[1], .left = left->data,   .right = right->data,
                     .out = result(frame, 0)->data, .chunks = result(frame, 1)->dims[0] + 1};
  if (frame->args.size > 2) {
    product.base = argument(frame, 2)->data;
    product.scale = *(const float *)argument(frame, 3)->data;
  }
  run_product(frame, &product);
  return NULL;
}

/* The sizes of a convolution; `place` holds top, left, step down, step right, and `inside` has
   length 0 behind the chunks where windows never reach beyond the image. */
static Convolution convolution(const XLA_FFI_Buffer *x, const XLA_FFI_Buffer *kernel,
                               const XLA_FFI_Buffer *outputs, const XLA_FFI_Buffer *place,
                               const XLA_FFI_Buffer *inside) {
  const int32_t *at = place->data;
  return (Convolution){.images = x->dims[0],         .height = x->dims[1],
                       .width = x->dims[2],          .channels = x->dims[3],
                       .taps_high = kernel->dims[0], .taps_wide = kernel->dims[1],
                       .filters = kernel->dims[3],   .rows = outputs->dims[1],
                       .columns = outputs->dims[2],  .top = at[0],
                       .left = at[1],                .step_down = at[2],
                       .step_right = at[3],          .x = x->data,
                       .chunks = inside->dims[0],
                       .inside = inside->dims[1] > 0 ? inside->data : NULL};
}

static double multiplications(const Convolution *c) {
  return (double)c->images * c->rows * c->columns * c->taps_high * c->taps_wide * c->channels *
         c->filters;
}

/* x (n, h, w, c), kernel (kh, kw, c, f), place (4) -> outputs (n, oh, ow, f), inside */
XLA_FFI_Error *addax_convolution(XLA_FFI_CallFrame *frame) {
  if (answers_metadata(frame)) return NULL;
  XLA_FFI_Buffer *x = argument(frame, 0), *kernel = argument(frame, 1);
  XLA_FFI_Buffer *outputs = result(frame, 0);
  Convolution c = convolution(x, kernel, outputs, argument(frame, 2), result(frame, 1));
  c.other = kernel->data;
  c.out = outputs->data;
  share(frame, multiplications(&c), &c, c.chunks, convolve_chunks);
  return NULL;
}

/* x (n, h, w, c), gradient (n, oh, ow, f), place (4) -> gradient of the kernel (kh, kw, c, f),
   inside, partial (chunks - 1, kernel) of chunks of images, or (0, kernel): chunks of rows */
XLA_FFI_Error *addax_kernel_gradient(XLA_FFI_CallFrame *frame) {
  if (answers_metadata(frame)) return NULL;
  XLA_FFI_Buffer *x = argument(frame, 0), *gradient = argument(frame, 1);
  XLA_FFI_Buffer *kernel = result(frame, 0), *partial = result(frame, 2);
  Convolution c = convolution(x, kernel, gradient, argument(frame, 2), result(frame, 1));
  c.other = gradient->data;
  c.out = kernel->data;
  c.partial = partial->data;
  share(frame, multiplications(&c), &c, c.chunks,
        partial->dims[0] > 0 ? gradient_of_images : gradient_of_rows);
  add_partial_sums(c.out, c.partial, partial->dims[0], kernel_rows(&c) * c.filters);
  return NULL;
}
