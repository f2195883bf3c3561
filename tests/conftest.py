"""Settings that hold for all tests."""

from hypothesis import HealthCheck, settings

# The machine that runs the tests may be busy with anything: how long one example takes is no property of the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
