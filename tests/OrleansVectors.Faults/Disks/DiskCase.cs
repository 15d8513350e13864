namespace OrleansVectors.Faults.Disks;

/// <summary>One fault of one run of the workload.</summary>
/// <param name="Fault">How it fails.</param>
/// <param name="Call">Which call is the first to fail.</param>
/// <param name="IsLasting">Whether all calls after it fail as well, until it is switched off.</param>
/// <param name="IsShort">Whether a write does half before.</param>
internal sealed record DiskCase(DiskFault Fault, long Call, bool IsLasting, bool IsShort)
{
    /// <summary>Every way in which one call can fail.</summary>
    public static IEnumerable<DiskCase> AllOf(long call)
        => from fault in new[] { DiskFault.Full, DiskFault.Broken, DiskFault.ReadOnly }
           from isLasting in new[] { false, true }
           select new DiskCase(fault, call, isLasting, IsShort: (call + (isLasting ? 1 : 0)) % 3 == 0);

    public override string ToString()
        => Fault == DiskFault.Slow ? "slow disk" : $"call {Call}{(IsLasting ? " and all after it" : "")} {Fault}{(IsShort ? " after half of a write" : "")}";
}
