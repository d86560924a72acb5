/** From the text that a model makes to the parts of its reply. Pure: no engine, no wire. */
package dev.tangram.engine.reply;
