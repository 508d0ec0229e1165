package org.bptt4j.data;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bptt4j.spec.Require;

/**
 * Another source's batches, each made on a thread of its own while the one before it is in use: reading and training overlap.
 * The batches and their order are that source's.
 *
 * <p>Threads: from construction until {@link #close} has returned the source is used by that one thread only and must be left
 * alone by everybody else; its calls come one after another, so it needs no locks. This object is for one thread at a time.
 *
 * <p>The source makes new arrays for each batch ({@link BatchSource#next}): it makes the next one while this one is in use. If it is
 * noticed that the arrays of a batch were filled again meanwhile, {@link #next} throws an {@link IllegalStateException}.
 *
 * <p>What the source throws is thrown by the call that would have returned the batch, with the stack of the source's thread. The
 * thread is never interrupted, as that would close files which the source shares with others.
 */
public final class PrefetchingSource implements BatchSource, AutoCloseable {
    private final BatchSource source;
    private final ExecutorService thread;
    private Future<Batch> ahead;
    /** The batch that was handed out last, while the one after it is made, or null. */
    private Batch out;
    /** Of it, when it was handed out. */
    private long fingerprint;

    /** Begins to use {@code source}; its first batch is made after {@link #start}. */
    public PrefetchingSource(BatchSource source) {
        this.source = Require.given(source, "source");
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread worker = new Thread(task, "bptt4j-prefetch");
            worker.setDaemon(true);
            return worker;
        });
    }

    /** Drops what was made ahead. */
    @Override
    public void start(long epoch) {
        out = null;
        ahead = submit(() -> {
            source.start(epoch);
            return source.next();
        });
    }

    @Override
    public Batch next() {
        Batch batch = await(started());
        if (out != null) {
            out.requireUnchanged(
                    fingerprint,
                    "while it was in use, by the source that a PrefetchingSource has make the batch after it");
        }
        out = batch;
        if (batch != null) {
            fingerprint = batch.fingerprint();
            ahead = submit(source::next);
        }
        return batch;
    }

    /** The batch made ahead is the first that is passed over. */
    @Override
    public void skip(long batches) {
        Future<Batch> first = started();
        out = null;
        if (batches > 0) {
            ahead = submit(() -> {
                if (await(first) == null) {
                    return null;
                }
                source.skip(batches - 1);
                return source.next();
            });
        }
    }

    private Future<Batch> started() {
        requireOpen();
        if (ahead == null) {
            throw new IllegalStateException("next or skip before start: call start(epoch) first");
        }
        return ahead;
    }

    private Future<Batch> submit(Callable<Batch> work) {
        requireOpen();
        return thread.submit(work);
    }

    private void requireOpen() {
        if (thread.isShutdown()) {
            throw new IllegalStateException("this PrefetchingSource is closed: make another");
        }
    }

    private static Batch await(Future<Batch> batch) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return batch.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw PrefetchingSource.<RuntimeException>unchecked(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets a source's exception through as it is; a source of another language may throw a checked one. */
    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /** Ends the thread, after the batch it may be at; the source may then be used by others again. */
    @Override
    public void close() {
        if (!thread.isShutdown()) {
            await(submit(() -> null));
            thread.shutdown();
        }
    }
}
