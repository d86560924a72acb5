/**
 * Text to token ids and back. {@link dev.tangram.engine.token.Tokenizers} reads what a file says
 * about its tokens; a tokenizer cuts added tokens out of the raw text first (only where the text is
 * trusted, if they steer the model), then words, then merges each word. Output goes through {@link
 * dev.tangram.engine.token.TokenStream} (whole characters) and {@link
 * dev.tangram.engine.token.StopMatcher} (stop strings).
 */
package dev.tangram.engine.token;
