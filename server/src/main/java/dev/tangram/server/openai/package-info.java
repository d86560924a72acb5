/**
 * OpenAI's wire format: chat completions, completions, models.
 *
 * <pre>
 * read      Fields, NumberField      strict access to a JSON object; every number has a closed range
 *           CommonFields             what both kinds of request have
 *           Messages, Tools, ChatFields; Prompts, CompletionFields
 * write     ChatStream, ChatWhole; CompletionStream, CompletionWhole; Logprobs, Tokens, UsageTotals
 * serve     OpenAiEndpoints, ChatEndpoint, CompletionEndpoint
 * </pre>
 *
 * <p>Running is {@link dev.tangram.server.run}'s. Not here yet: parsing tool calls and reasoning
 * out of the model's text. {@code <think>} and tool-call markup stay in {@code content} as the
 * model wrote them.
 */
package dev.tangram.server.openai;
