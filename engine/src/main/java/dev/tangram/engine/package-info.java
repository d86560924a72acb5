/**
 * A model that answers: open a file, submit a prompt, read the tokens. The step loop lives here.
 */
package dev.tangram.engine;
