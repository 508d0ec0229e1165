/** Files that outlive a run: tensors in the safetensors format, and writes that happen entirely or not at all. */
package org.bptt4j.io;
