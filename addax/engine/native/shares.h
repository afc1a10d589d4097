/* Work that the threads of XLA share. */

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
  MOST_THREADS = 64,
  LEAST_SHARED_WORK = 1 << 19, /* multiplications */
  MOST_SPINS = 4096,
};

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
