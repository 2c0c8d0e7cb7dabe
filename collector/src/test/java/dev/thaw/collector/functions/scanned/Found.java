package dev.thaw.collector.functions.scanned;

import org.springframework.stereotype.Component;

/** What the scan is to find. */
@Component
public class Found {}
