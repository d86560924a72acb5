package dev.tangram.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.fake.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  @Test
  void namesAreThoseOfVllm() {
    try (var server = TestServer.start()) {
      server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\",\"max_tokens\":5}");
      String text = server.get("/metrics").body();
      for (String line :
          List.of(
              "vllm:num_requests_running{model_name=\"fake:latest\"} 0",
              "vllm:num_requests_waiting{model_name=\"fake:latest\"} 0",
              "vllm:kv_cache_usage_perc{model_name=\"fake:latest\"} 0",
              "vllm:prefix_cache_queries_total{model_name=\"fake:latest\"} 10",
              "vllm:prefix_cache_hits_total{model_name=\"fake:latest\"} 5",
              "vllm:spec_decode_num_drafts_total{model_name=\"fake:latest\"} 0",
              "vllm:spec_decode_num_draft_tokens_total{model_name=\"fake:latest\"} 0",
              "vllm:spec_decode_num_accepted_tokens_total{model_name=\"fake:latest\"} 0",
              "vllm:prompt_tokens_total{model_name=\"fake:latest\"} 2",
              "vllm:generation_tokens_total{model_name=\"fake:latest\"} 5",
              "vllm:request_success_total{finished_reason=\"length\",model_name=\"fake:latest\"} 1",
              "vllm:time_to_first_token_seconds_count{model_name=\"fake:latest\"} 1",
              "vllm:inter_token_latency_seconds_count{model_name=\"fake:latest\"} 4",
              "vllm:e2e_request_latency_seconds_count{model_name=\"fake:latest\"} 1",
              "vllm:request_queue_time_seconds_count{model_name=\"fake:latest\"} 1",
              "vllm:request_prefill_time_seconds_count{model_name=\"fake:latest\"} 1",
              "vllm:request_decode_time_seconds_count{model_name=\"fake:latest\"} 1",
              "vllm:time_to_first_token_seconds_bucket{model_name=\"fake:latest\",le=\"0.001\"}")) {
        assertThat(text).contains("\n" + line);
      }
      assertThat(text).contains("jvm_memory_used_bytes");
    }
  }
}
