/* Convolutions, channels last: the elements of a row of the window lie side by side, so a tile of
   the product reads them where they are; nothing is gathered but the image inside its padding. */

#include <string.h>

enum { BLOCK = 128 }; /* terms of a sum for which a panel stays in the first cache */

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
  int64_t row = width * c->channels, used = least(c->width, width - c->left);
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
        multiply(high - low, c->filters, left, right, depth,
                 (Target){to_rows, base, 1, c->filters});
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
