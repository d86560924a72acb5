/** Model files: sizes and offsets are checked before anything is allocated. */
package dev.tangram.engine.file;
