/**
 * What a user says: immutable descriptions of the network, the loss, the truncation, the clipping and the optimiser.
 *
 * <p>A leaf of the house: every other package reads these values, and they know nobody.
 */
package org.bptt4j.spec;
