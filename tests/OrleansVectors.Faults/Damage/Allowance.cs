namespace OrleansVectors.Faults.Damage;

/// <summary>
/// Which batches may be missing after damage, silently. The end of the newest log file may be a write that a crash tore: if
/// nothing sound lies behind the damage, what begins there counts as never written. Everything else must be there or reported.
/// </summary>
internal static class Allowance
{
    /// <summary>The first batch after which the collection may stand.</summary>
    /// <param name="wound">The damage.</param>
    /// <param name="log">The newest log file as it was.</param>
    /// <param name="last">The last batch that was acknowledged.</param>
    public static long Of(Wound wound, LogMap log, long last)
    {
        bool cutsTheEnd = wound.FileKind == FileKind.NewestLog && wound.Kind switch
        {
            WoundKind.Truncate => true,
            WoundKind.FlipBit or WoundKind.ZeroBlock => !log.Records.Any(record => record.Start >= wound.Offset + wound.Length),
            _ => false,
        };
        if (!cutsTheEnd)
            return last;
        LogMapRecord[] before = [.. log.Records.Where(record => record.End <= wound.Offset)];
        return before.Length > 0 ? before[^1].Sequence : log.Records.Count > 0 ? log.Records[0].Sequence - 1 : last;
    }
}
