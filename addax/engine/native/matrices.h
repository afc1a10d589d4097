/* Products of matrices: a batch and a kernel, or a batch and the gradient of what it gave.

   A kernel of a few hundred KB stays in the caches of the cores, if every core works on the same
   rows of it in the forward product, the kernel gradient and the update. XLA's products let any
   core take any piece; then the caches hand the kernel to each other, which takes longer than the
   arithmetic. Here the rows of the kernel are cut into chunks, and a thread prefers the chunks that
   it has had before. */

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
