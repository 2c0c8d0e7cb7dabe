package dev.thaw.collector.alert;

/**
 * What a rule found of one function.
 *
 * @param value in the rule's unit; NaN when nothing is known
 * @param before the value of the time that it is compared with; NaN when there is none
 */
record Reading(double value, double before) {

  static final Reading NOTHING = new Reading(Double.NaN, Double.NaN);
}
