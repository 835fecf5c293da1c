"""Small parts that know no record: labels, badges, bars, buttons."""
