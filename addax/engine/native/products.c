/* Products of a layer's batch with its kernel, as functions that XLA calls on a CPU.

   Partial sums are added in an order that only the shapes decide: the number of threads does not
   change a bit of the results. */

#include "xla/ffi/api/c_api.h"

#include "tile.h"

#include "convolutions.h"
#include "matrices.h"
#include "shares.h"

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
