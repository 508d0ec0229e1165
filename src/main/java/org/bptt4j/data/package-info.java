/** Sequences on the host: a batch, and sources that make batches of text, of a table's rows, or of a benchmark task. */
package org.bptt4j.data;
