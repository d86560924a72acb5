/**
 * The terminal chat: a conversation with one engine, and the loop that reads lines and shows
 * replies.
 */
package dev.tangram.cli.chat;
