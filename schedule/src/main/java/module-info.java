/**
 * Every decision about who gets what, when. Pure: no clock, thread, socket or randomness of its
 * own.
 */
module dev.tangram.schedule {
  exports dev.tangram.schedule;
  exports dev.tangram.schedule.admit;
  exports dev.tangram.schedule.batch;
  exports dev.tangram.schedule.block;
  exports dev.tangram.schedule.draft;
  exports dev.tangram.schedule.place;
  exports dev.tangram.schedule.pool;
  exports dev.tangram.schedule.route;
}
