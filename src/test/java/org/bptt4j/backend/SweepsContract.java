package org.bptt4j.backend;

/** What hangs on the way in which a backend runs through the steps. */
public abstract class SweepsContract extends PartOfContract implements SweepContract, ResetContract {}
