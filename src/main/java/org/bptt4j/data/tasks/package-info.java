/** The field's synthetic tasks for long time lags, each with the loss that needs no memory at all. */
package org.bptt4j.data.tasks;
