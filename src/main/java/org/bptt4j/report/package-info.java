/** Pictures of a run: loss curves, gradient norms and forecasts as PNG files, drawn without a display. */
package org.bptt4j.report;
