/**
 * Backpropagation through time, written once over {@link org.bptt4j.backend.Backend}.
 *
 * <p>{@link org.bptt4j.bptt.Bptt} has the loss and its gradient of each {@link org.bptt4j.bptt.Segment segment}; full BPTT is one.
 * {@link org.bptt4j.bptt.Unrolled} takes a segment through the {@link org.bptt4j.bptt.Window windows} that a {@link
 * org.bptt4j.bptt.MemoryPlan} allows, in the order of {@link org.bptt4j.bptt.Revolve}, and each window stretch by stretch: {@link
 * org.bptt4j.bptt.RecurrentStack} sweeps the layers forward and backward, {@link org.bptt4j.bptt.Objective} stands between them.
 * Nothing here knows any hardware.
 */
package org.bptt4j.bptt;
