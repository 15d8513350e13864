namespace OrleansVectors.Partitions.Reading;

/// <summary>How the nearest points were looked for.</summary>
public enum SearchPlanKind : byte
{
    /// <summary>Nothing was looked at: no point can match.</summary>
    Nothing,

    /// <summary>Every visible point was scored, those that do not match left out.</summary>
    Scan,

    /// <summary>The points that match, known from payload indexes, were scored.</summary>
    MatchScan,

    /// <summary>The index was walked; who does not match was walked through.</summary>
    Walk,

    /// <summary>The index was walked from matching point to matching point, over those between.</summary>
    MatchWalk,
}
