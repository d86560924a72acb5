/** Pages to look at: self-contained HTML, charts drawn as SVG. */
package dev.tangram.fleet.report;
