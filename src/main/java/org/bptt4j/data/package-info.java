/**
 * Sequences on the host: a batch, and sources that make batches of text, of a table's rows, or of a benchmark task, in memory or read
 * from disk as they are consumed; a source's next batch can be made ahead, and a source can go to any position of an epoch.
 */
package org.bptt4j.data;
