"""Tables in the forms that articles print, each with the figures that a reader takes from it, written by hand."""

from __future__ import annotations

import pytest

from tableaudit.grids import Grid
from tableaudit.understand import understand

#: A title, a table, and below the line what is read: statistic, row, column, printed; remarks begin with "!".
BOOK = """
Table 2. Measurement model
Construct & Item & Loading & VIF & Alpha & rho_A & Composite reliability & AVE
Trust & T1 & 0.81 & 1.4 & 0.77 & 0.78 & 0.86 & 0.67
 & T2 & 0.84 & 1.5 & & & &
Use & U1 & 0.79 & 1.3 & 0.60 & 0.61 & 0.80 & 0.66
--- 2
outer_loading; T1; Trust; 0.81
outer_vif; T1; Trust; 1.4
cronbach_alpha; Trust; ; 0.77
rho_a; Trust; ; 0.78
composite_reliability; Trust; ; 0.86
ave; Trust; ; 0.67
outer_loading; T2; Trust; 0.84
outer_vif; T2; Trust; 1.5
outer_loading; U1; Use; 0.79
outer_vif; U1; Use; 1.3
cronbach_alpha; Use; ; 0.60
rho_a; Use; ; 0.61
composite_reliability; Use; ; 0.80
ave; Use; ; 0.66

Tabla A1: una columna nombra constructo e indicador
 & Cargas & Pesos & Media & AVE & Items retenidos
Confianza & & & & 0,67 & 2
CO1 & 0,81 & 0,55 & 4,10 & &
CO2 & 0,84 & 0,60 & 3,90 & &
Uso & & & & 0,66 & 1
US1 & 0,79 & 1,00 & 2,00 & &
--- A1
ave; Confianza; ; 0,67
n_items_retained; Confianza; items; 2
outer_loading; CO1; Confianza; 0,81
outer_weight; CO1; Confianza; 0,55
item_mean; CO1; Confianza; 4,10
outer_loading; CO2; Confianza; 0,84
outer_weight; CO2; Confianza; 0,60
item_mean; CO2; Confianza; 3,90
ave; Uso; ; 0,66
n_items_retained; Uso; items; 1
outer_loading; US1; Uso; 0,79
outer_weight; US1; Uso; 1,00
item_mean; US1; Uso; 2,00

Outer loadings without names of constructs
Item & Loading
AB_1 & 0.81
AB_2 & 0.84
CD.1 & 0.79
XY & 0.70
--- 1
outer_loading; AB_1; AB; 0.81
outer_loading; AB_2; AB; 0.84
outer_loading; CD.1; CD; 0.79
outer_loading; XY; XY; 0.70

Table 3
Construct & Items and their wording as it was asked & Code & Loading & AVE
Trust & I trust the firm with my money & T1 & 0.81 & 0.67
Trust & I trust the firm with my data & T2 & 0.84 & 0.67
--- 3
outer_loading; T1; Trust; 0.81
ave; Trust; ; 0.67
outer_loading; T2; Trust; 0.84

Cuadro 4. Fiabilidad
Constructo & Número de ítems & Alfa de Cronbach & √AVE & R² & R² ajustado & Q²
Confianza & 3 & 0,77 & 0,82 & & &
Uso & 2 & 0,60 & 0,81 & 0,30 & 0,29 & 0,11
--- 4
n_items_retained; Confianza; items; 3
cronbach_alpha; Confianza; ; 0,77
sqrt_ave; Confianza; Confianza; 0,82
n_items_retained; Uso; items; 2
cronbach_alpha; Uso; ; 0,60
sqrt_ave; Uso; Uso; 0,81
r_squared; ; Uso; 0,30
adjusted_r_squared; ; Uso; 0,29
q_squared; ; Uso; 0,11

Table 5. Fornell-Larcker criterion
 & Trust & Use & Loyalty
Trust & 0.82 & &
Use & 0.45 & 0.81 &
Loyalty & 0.30 & -0.25 & 0.79
--- 5
sqrt_ave; Trust; Trust; 0.82
sqrt_ave; Use; Use; 0.81
sqrt_ave; Loyalty; Loyalty; 0.79
construct_correlation; Use; Trust; 0.45
construct_correlation; Loyalty; Trust; 0.30
construct_correlation; Loyalty; Use; -0.25

Table 6. Heterotrait-monotrait ratio (HTMT)
 & Trust & Use
Trust & 1.000 &
Use & 0.55 & 0.99
--- 6
htmt; Use; Trust; 0.55
htmt_diagonal; Use; Use; 0.99

Table 7. HTMT
 & Trust & Use & Loyalty
Trust & & 0.55 & 0.40
Use & & & 0.31
Loyalty & & &
--- 7
htmt; Trust; Use; 0.55
htmt; Trust; Loyalty; 0.40
htmt; Use; Loyalty; 0.31

Table 7b. HTMT, the whole matrix
 & Trust & Use & Loyalty
Trust & 1 & 0.55 & 0.40
Use & 0.55 & 1.0 & 0.31
Loyalty & 0.40 & 0.31 & 1.00
--- 7b
htmt; Use; Trust; 0.55
htmt; Loyalty; Trust; 0.40
htmt; Loyalty; Use; 0.31

Table 8. Discriminant validity
 & 1. Trust & 2. Use
1. Trust & 0.82 & 0.55
2. Use & 0.45 & 0.81
--- 8
sqrt_ave; Trust; Trust; 0.82
sqrt_ave; Use; Use; 0.81
construct_correlation; Use; Trust; 0.45
htmt; Use; Trust; 0.55
! table 8: the figures above the diagonal are read as HTMT

Table 9. Fornell-Larcker (above) and HTMT (below the diagonal)
 & Trust & Use
Trust & 0.82 & 0.45
Use & 0.55 & 0.81
--- 9
sqrt_ave; Trust; Trust; 0.82
sqrt_ave; Use; Use; 0.81
htmt; Use; Trust; 0.55
construct_correlation; Use; Trust; 0.45

Table 9a. Correlations of constructs with numbers for names
 & AVE & 1 & 2 & 3
1. Trust & 0.67 & 1 & &
2. Use & 0.66 & 0.45 & 1 &
3. Loyalty & 0.62 & 0.30 & -0.25 & 1
--- 9a
ave; Trust; ; 0.67
ave; Use; ; 0.66
ave; Loyalty; ; 0.62
construct_correlation; Use; Trust; 0.45
construct_correlation; Loyalty; Trust; 0.30
construct_correlation; Loyalty; Use; -0.25

Tab. 10 Squared correlations and AVE
 & Trust & Use
Trust & 0.67 &
Use & 0.20 & 0.66
--- 10
ave; Trust; ; 0.67
ave; Use; ; 0.66
! table 10: squared correlations are left out

Table 11. Path coefficients
 & Trust & Use & Loyalty
Trust & & 0.45 & 0.20
Use & & & 0.31
Loyalty & & &
--- 11
path_coefficient; Trust; Use; 0.45
path_coefficient; Trust; Loyalty; 0.20
path_coefficient; Use; Loyalty; 0.31

Table 12. Effect sizes f2
 & Use & Loyalty
Trust & 0.25 & 0.05
Use & & 0.10
--- 12
f_squared; Trust; Use; 0.25
f_squared; Trust; Loyalty; 0.05
f_squared; Use; Loyalty; 0.10

Table 13. Collinearity (VIF)
 & Use & Loyalty
Trust & 1.00 & 1.25
Use & & 1.25
--- 13
inner_vif; Trust; Use; 1.00
inner_vif; Trust; Loyalty; 1.25
inner_vif; Use; Loyalty; 1.25

Table 14. Cross loadings
 & Trust & Use
T1 & 0.81 & 0.30
T2 & 0.84 & 0.35
U1 & 0.20 & 0.79
--- 14
outer_loading; T1; Trust; 0.81
cross_loading; T1; Use; 0.30
outer_loading; T2; Trust; 0.84
cross_loading; T2; Use; 0.35
cross_loading; U1; Trust; 0.20
outer_loading; U1; Use; 0.79
! the largest cross-loading of each item is read as its loading

Table 15. Hypotheses
Hypothesis & Path & β & SE & t & p & 95% CI & f² & VIF & R² & Decision
H1 & Trust -> Use & 0.45** & 0.10 & 4.50 & <0.001 & [0.25; 0.65] & 0.25 & 1.0 & 0.20 & Supported
H2: & Use → Loyalty & -0.12 & 0.09 & 1.33 & .18 & [-0.30, 0.06] & 0.02 & 1.2 & 0.15 & Not supported
H3 & Trust > Loyalty & 0.20 & 0.08 & 2.50 & 0.012 & – & n/a & 1.2 & 0.15 & Maybe
--- 15
path_coefficient; Trust; Use; 0.45**
standard_error; Trust; Use; 0.10
t_statistic; Trust; Use; 4.50
p_value; Trust; Use; <0.001
ci_lower; Trust; Use; 0.25
ci_upper; Trust; Use; 0.65
f_squared; Trust; Use; 0.25
inner_vif; Trust; Use; 1.0
r_squared; ; Use; 0.20
decision; Trust; Use; accepted
path_coefficient; Use; Loyalty; -0.12
standard_error; Use; Loyalty; 0.09
t_statistic; Use; Loyalty; 1.33
p_value; Use; Loyalty; .18
ci_lower; Use; Loyalty; -0.30
ci_upper; Use; Loyalty; 0.06
f_squared; Use; Loyalty; 0.02
inner_vif; Use; Loyalty; 1.2
r_squared; ; Loyalty; 0.15
decision; Use; Loyalty; rejected
path_coefficient; Trust; Loyalty; 0.20
standard_error; Trust; Loyalty; 0.08
t_statistic; Trust; Loyalty; 2.50
p_value; Trust; Loyalty; 0.012
inner_vif; Trust; Loyalty; 1.2
! table 15, Trust Loyalty: 'Maybe' is not read as a decision

Table 16. Predictors
From & To & Coefficient & t-value
Trust & Use & 0.45 & 4.5
 & Loyalty & 0.20 & 2.5
Use & Loyalty & 0.31 & 3.1
--- 16
path_coefficient; Trust; Use; 0.45
t_statistic; Trust; Use; 4.5
path_coefficient; Trust; Loyalty; 0.20
t_statistic; Trust; Loyalty; 2.5
path_coefficient; Use; Loyalty; 0.31
t_statistic; Use; Loyalty; 3.1

Tabla 17. Efectos
Relación & Coeficiente & Valor t & Valor p
Efectos directos & & &
Confianza -> Uso & 0,45 & 4,5 & 0,000
Confianza -> Uso -> Lealtad & 0,14 & 2,9 & 0,004
Efectos indirectos & & &
Confianza -> Lealtad & 0,14 & 2,9 & 0,004
Efectos totales & & &
Confianza -> Lealtad & 0,34 & 3,9 & 0,000
--- 17
path_coefficient; Confianza; Uso; 0,45
t_statistic; Confianza; Uso; 4,5
p_value; Confianza; Uso; 0,000
specific_indirect_effect; Confianza -> Uso -> Lealtad; ; 0,14
specific_indirect_effect.t_statistic; Confianza -> Uso -> Lealtad; ; 2,9
specific_indirect_effect.p_value; Confianza -> Uso -> Lealtad; ; 0,004
indirect_effect; Confianza; Lealtad; 0,14
indirect_effect.t_statistic; Confianza; Lealtad; 2,9
indirect_effect.p_value; Confianza; Lealtad; 0,004
total_effect; Confianza; Lealtad; 0,34
total_effect.t_statistic; Confianza; Lealtad; 3,9
total_effect.p_value; Confianza; Lealtad; 0,000

Table 18. Specific indirect effects
Path & Estimate & t & 2.5% & 97.5%
Trust -> Use -> Loyalty & 0.14 & 2.9 & 0.05 & 0.23
--- 18
specific_indirect_effect; Trust -> Use -> Loyalty; ; 0.14
specific_indirect_effect.t_statistic; Trust -> Use -> Loyalty; ; 2.9
specific_indirect_effect.ci_lower; Trust -> Use -> Loyalty; ; 0.05
specific_indirect_effect.ci_upper; Trust -> Use -> Loyalty; ; 0.23

Table 19. Indirect effects
Relationship & Effect & β & p
H4: Trust on Loyalty & through Use & 0.14 & 0.004
H5. Use - Loyalty & none & 0.02 & 0.400
--- 19
indirect_effect; Trust; Loyalty; 0.14
indirect_effect.p_value; Trust; Loyalty; 0.004
indirect_effect; Use; Loyalty; 0.02
indirect_effect.p_value; Use; Loyalty; 0.400

Table 20. Direct, indirect and total effects
Path & Direct effect & Indirect effect & Total effect & t
Trust -> Loyalty & 0.20 & 0.14 & 0.34 & 3.9
Use -> Loyalty & 0.31 & – & 0.31 & 3.1
--- 20
path_coefficient; Trust; Loyalty; 0.20
indirect_effect; Trust; Loyalty; 0.14
total_effect; Trust; Loyalty; 0.34
t_statistic; Trust; Loyalty; 3.9
path_coefficient; Use; Loyalty; 0.31
total_effect; Use; Loyalty; 0.31
t_statistic; Use; Loyalty; 3.1

Table 21. Model fit
 & Saturated model & Estimated model
SRMR & 0.061 & 0.064
d_ULS & & 1.2
d_G & – & 0.4
NFI & 0.85 & 0.84
Chi-square & 100 & 101
--- 21
srmr; model; ; 0.061
d_uls; model; ; 1.2
d_g; model; ; 0.4
nfi; model; ; 0.85

Table 22. A heading of two rows
Construct & Item & Reliability & Reliability
 & Loading & Cronbach alpha & AVE
Trust & 0.81 & 0.77 & 0.67
--- 22
outer_loading; Trust; Trust; 0.81
cronbach_alpha; Trust; ; 0.77
ave; Trust; ; 0.67

Table 23. Respondents
Sex & Number of firms & Share
Women & 40 & 40%
Men & 60 & 60%
--- 23
! table 23 was not understood: Table 23. Respondents

A row above the headings
 & Estimates of the bootstrap & &
Path & Original sample (O) & T statistics (|O/STDEV|) & P values
Trust -> Use & 0.45 & 4.5 & 0.000
--- 1
path_coefficient; Trust; Use; 0.45
t_statistic; Trust; Use; 4.5
p_value; Trust; Use; 0.000

Table 24. Reliabilities stand beside the first item
Item & Loading & Alpha & AVE
T1 & 0.81 & 0.77 & 0.67
T2 & 0.84 & &
U1 & 0.79 & 0.60 & 0.66
--- 24
outer_loading; T1; T; 0.81
cronbach_alpha; T; ; 0.77
ave; T; ; 0.67
outer_loading; T2; T; 0.84
outer_loading; U1; U; 0.79
cronbach_alpha; U; ; 0.60
ave; U; ; 0.66

Table 25. Intervals in one cell
Path & β & 95% CI
A -> Y & 0.45 & 0.25–0.65
B -> Y & 0.45 & 0.25 - 0.65
C -> Y & -0.18 & −0.30 −0.06
D -> Y & -0.18 & (– 0.30; – 0.06)
E -> Y & 0.45 & [.25,.65]
F -> Y & 0,45 & [0,25, 0,65]
G -> Y & 0.45 & 0.25
--- 25
path_coefficient; A; Y; 0.45
ci_lower; A; Y; 0.25
ci_upper; A; Y; 0.65
path_coefficient; B; Y; 0.45
ci_lower; B; Y; 0.25
ci_upper; B; Y; 0.65
path_coefficient; C; Y; -0.18
ci_lower; C; Y; −0.30
ci_upper; C; Y; −0.06
path_coefficient; D; Y; -0.18
ci_lower; D; Y; – 0.30
ci_upper; D; Y; – 0.06
path_coefficient; E; Y; 0.45
ci_lower; E; Y; .25
ci_upper; E; Y; .65
path_coefficient; F; Y; 0,45
ci_lower; F; Y; 0,25
ci_upper; F; Y; 0,65
path_coefficient; G; Y; 0.45

Table 26. Path coefficients
 & Estimate of it
Trust -> Use & 0.45
Use -> Loyalty & 0.31
--- 26
! table 26 was not understood: Table 26. Path coefficients

Table 27. Loadings and cross-loadings, one misprinted
 & Trust & Use
T1 & 0.81 & 0.30
T2 & 0.84 & 0.35
T3 & 0.84 & 0.35
T4 & 0.84 & 0.35
U1 & 0.20 & 7.9
--- 27
outer_loading; T1; Trust; 0.81
cross_loading; T1; Use; 0.30
outer_loading; T2; Trust; 0.84
cross_loading; T2; Use; 0.35
outer_loading; T3; Trust; 0.84
cross_loading; T3; Use; 0.35
outer_loading; T4; Trust; 0.84
cross_loading; T4; Use; 0.35
cross_loading; U1; Trust; 0.20
outer_loading; U1; Use; 7.9
! the largest cross-loading of each item is read as its loading

Tabelle 28. Strukturmodell
Hypothese & Pfad & Pfadkoeffizient & t-Wert & p-Wert & Ergebnis
H1 & Vertrauen → Nutzung & 0,45 & 4,50 & 0,000 & Bestätigt
H2 & Nutzung → Treue & 0,02 & 0,33 & 0,741 & Nicht bestätigt
--- 28
path_coefficient; Vertrauen; Nutzung; 0,45
t_statistic; Vertrauen; Nutzung; 4,50
p_value; Vertrauen; Nutzung; 0,000
decision; Vertrauen; Nutzung; accepted
path_coefficient; Nutzung; Treue; 0,02
t_statistic; Nutzung; Treue; 0,33
p_value; Nutzung; Treue; 0,741
decision; Nutzung; Treue; rejected

Tabela 29. Modelo de mensuração
Construto & Indicador & Carga fatorial & Confiabilidade composta & Variância média extraída
Confiança & CO1 & 0,81 & 0,81 & 0,68
 & CO2 & 0,84 & &
--- 29
outer_loading; CO1; Confiança; 0,81
composite_reliability; Confiança; ; 0,81
ave; Confiança; ; 0,68
outer_loading; CO2; Confiança; 0,84

Table 30. Structural model
Path & β (t) & Decision
Use <--- Trust & 0.45** (4.50) & Supported
Trust ➜ Loyalty & 0.02 (0.33) & Not supported
Use to Loyalty & -0.31*** [3.33] & Yes
--- 30
path_coefficient; Trust; Use; 0.45**
t_statistic; Trust; Use; 4.50
decision; Trust; Use; accepted
path_coefficient; Trust; Loyalty; 0.02
t_statistic; Trust; Loyalty; 0.33
decision; Trust; Loyalty; rejected
path_coefficient; Use; Loyalty; -0.31***
t_statistic; Use; Loyalty; 3.33
decision; Use; Loyalty; accepted

Table 31. Which figure stands in brackets is not said
Item & Loading
AB1 & 0.81 (12.1)
AB2 & 0.84 (10.2)
--- 31
outer_loading; AB1; AB; 0.81
outer_loading; AB2; AB; 0.84
! table 31: the figures in brackets are left out

Table 32. Outer loadings of constructs whose names are abbreviations of statistics
 & EE & FC & PE & SI
EE1 & 0.81 & & &
FC1 & & 0.84 & &
PE1 & & & 0.79 &
SI1 & & & & 0.88
--- 32
outer_loading; EE1; EE; 0.81
outer_loading; FC1; FC; 0.84
outer_loading; PE1; PE; 0.79
outer_loading; SI1; SI; 0.88

Table 33. Reliability, the constructs side by side
 & EE & FC & PE & SI
Cronbach's alpha & 0.71 & 0.72 & 0.73 & 0.74
AVE & 0.61 & 0.62 & 0.63 & 0.64
--- 33
cronbach_alpha; EE; ; 0.71
ave; EE; ; 0.61
cronbach_alpha; FC; ; 0.72
ave; FC; ; 0.62
cronbach_alpha; PE; ; 0.73
ave; PE; ; 0.63
cronbach_alpha; SI; ; 0.74
ave; SI; ; 0.64

Table 34. Fornell-Larcker, columns by abbreviation
 & FC & PU & TR
Facilitating conditions (FC) & (0.82) & &
Perceived usefulness & 0.45** & (0.81) &
Trust (TR) & 0.30 & -0.25 & (0.79)
--- 34
sqrt_ave; Facilitating conditions (FC); Facilitating conditions (FC); (0.82)
sqrt_ave; Perceived usefulness; Perceived usefulness; (0.81)
sqrt_ave; Trust (TR); Trust (TR); (0.79)
construct_correlation; Perceived usefulness; Facilitating conditions (FC); 0.45**
construct_correlation; Trust (TR); Facilitating conditions (FC); 0.30
construct_correlation; Trust (TR); Perceived usefulness; -0.25

Table 35. HTMT, columns by number
 & (1) & (2) & (3)
(1) Trust & & &
(2) Use & 0.55 & &
(3) Loyalty & 0.40 & 0.31 &
--- 35
htmt; Use; Trust; 0.55
htmt; Loyalty; Trust; 0.40
htmt; Loyalty; Use; 0.31

Table 36. Items by their wording
Construct & Item & Loading
Trust & I trust the firm with my money (TR1) & 0.81
 & TR2: I trust the firm with my data & 0.84
--- 36
outer_loading; TR1; Trust; 0.81
outer_loading; TR2; Trust; 0.84

Table 37. Explained variance, fit below
Construct & R² & Adjusted R²
Use & 0.20 & 0.19
Loyalty & 0.15 & 0.14
Trust & 0.35 & 0.34
SRMR & 0.061 &
--- 37
srmr; model; ; 0.061
r_squared; ; Use; 0.20
adjusted_r_squared; ; Use; 0.19
r_squared; ; Loyalty; 0.15
adjusted_r_squared; ; Loyalty; 0.14
r_squared; ; Trust; 0.35
adjusted_r_squared; ; Trust; 0.34

Table 38. Total effects
Path & Effect & t-value
Trust -> Use & 0.45 & 4.50
--- 38
total_effect; Trust; Use; 0.45
total_effect.t_statistic; Trust; Use; 4.50
"""


def cases():
    found = []
    for block in BOOK.strip().split("\n\n"):
        table, _, expected = block.partition("\n--- ")
        title, *rows = table.splitlines()
        label, *lines = expected.splitlines()
        cells = [[cell.strip() for cell in row.split("&")] for row in rows]
        width = max(map(len, cells))
        grid = Grid(title, tuple((*row, *[""] * (width - len(row))) for row in cells))
        found.append(pytest.param(grid, label, lines, id=title[:40]))
    return found


@pytest.mark.parametrize(("grid", "label", "expected"), cases())
def test_a_table_is_read_as_a_reader_reads_it(grid, label, expected):
    found = understand([grid])
    assert {table for table, *_ in found.rows} <= {label}
    lines = [f"{s}; {r}; {c}; {printed}" for _, s, r, c, printed in found.rows]
    assert [*lines, *(f"! {note.en}" for note in found.notes)] == expected
