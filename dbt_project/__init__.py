"""Room 2: from the landing zone to published marts. The models are dbt's; this package runs them and publishes."""
