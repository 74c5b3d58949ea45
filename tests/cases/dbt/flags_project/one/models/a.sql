select '{{ flags.FAIL_FAST }} {{ flags.INDIRECT_SELECTION }} {{ flags.PRINTER_WIDTH }} {{ flags.QUIET }}' as x
