package org.bptt4j.backend;

/** What hangs on the precision of products. */
public abstract class ProductsContract extends PartOfContract
        implements MatrixContract, GradientContract, SweepContract, ResetContract {}
