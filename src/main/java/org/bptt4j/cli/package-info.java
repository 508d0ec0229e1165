/** The command line. Each command is a class of its own; its options are fields, and whatever the user got wrong is a {@link org.bptt4j.cli.UsageException}. */
package org.bptt4j.cli;
