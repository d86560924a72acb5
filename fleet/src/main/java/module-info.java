/** Plan and simulate a fleet: chips, models, and what they cost together. No clock of its own. */
module dev.tangram.fleet {
  requires transitive dev.tangram.schedule;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires ortools.java;

  exports dev.tangram.fleet.chip;
  exports dev.tangram.fleet.cost;
  exports dev.tangram.fleet.day;
  exports dev.tangram.fleet.file;
  exports dev.tangram.fleet.model;
  exports dev.tangram.fleet.report;
  exports dev.tangram.fleet.sim;
  exports dev.tangram.fleet.workload;
  exports dev.tangram.fleet.plan;
}
