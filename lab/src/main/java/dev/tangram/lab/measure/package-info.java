/** What every bench and trial measures with: a clock, requests that mean nothing, figures. */
package dev.tangram.lab.measure;
